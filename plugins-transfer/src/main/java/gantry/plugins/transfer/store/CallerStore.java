// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.store;

import gantry.content.BlobInfo;
import gantry.content.ContentStore;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.leases.LeaseResource;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What one caller sees, each step in whichever version of the metadata plugin is there. Safe for
 * concurrent use.
 */
public record CallerStore(Handle<Metadata> metadata, Caller caller) {
  /** To resume an ingest, or to make or commit a snapshot, may take all the bytes there are. */
  private static final Duration BYTES = Duration.ofMinutes(30);

  /** Does something with the namespace's content. */
  public <R> R content(Handle.Call<ContentStore, R, IOException> call) throws IOException {
    return metadata
        .within(BYTES)
        .<R, IOException>call(plugin -> call.on(plugin.in(caller).content()));
  }

  /**
   * Does something with the namespace's snapshots.
   *
   * @throws gantry.errors.InvalidArgumentException if there is no such snapshotter
   */
  public <R> R snapshots(String snapshotter, Handle.Call<Snapshotter, R, IOException> call)
      throws IOException {
    return metadata
        .within(BYTES)
        .<R, IOException>call(plugin -> call.on(plugin.in(caller).snapshotter(snapshotter)));
  }

  /** Does something with the namespace's images. */
  public <R> R images(Handle.Call<Images, R, RuntimeException> call) {
    return metadata.<R, RuntimeException>call(plugin -> call.on(plugin.in(caller).images()));
  }

  /** Does something with the namespace's leases. */
  public void leases(Handle.Action<Leases, RuntimeException> action) {
    metadata.<RuntimeException>run(plugin -> action.on(plugin.in(caller).leases()));
  }

  /** As this, but what is made belongs to no lease. */
  public CallerStore unleased() {
    return new CallerStore(metadata, Caller.of(caller.namespace()));
  }

  /** The name of the namespace. */
  public String namespace() {
    return caller.namespace().name();
  }

  /** Lets the caller's lease keep a blob, which need not be there yet. */
  public void keep(Digest digest) {
    String lease = caller.leaseId();
    if (lease != null) {
      leases(leases -> leases.add(lease, new LeaseResource("content", digest.toString())));
    }
  }

  /** What is known of a blob. */
  public Optional<BlobInfo> find(Digest digest) throws IOException {
    try {
      return Optional.of(content(content -> content.info(digest)));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /**
   * Sets labels of a blob and leaves its others.
   *
   * @throws NotFoundException if there is no such blob
   */
  public void label(Digest digest, Map<String, String> labels) throws IOException {
    if (labels.isEmpty()) {
      return;
    }
    String[] paths = labels.keySet().stream().map("labels."::concat).toArray(String[]::new);
    BlobInfo change = new BlobInfo(digest, 0, Instant.EPOCH, Instant.EPOCH, Labels.of(labels));
    content(content -> content.update(change, FieldPaths.of(paths)));
  }
}
