// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.errors.InvalidArgumentException;
import gantry.images.Image;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.oci.Descriptor;
import gantry.plugins.Handle;
import gantry.plugins.transfer.progress.ProgressTracker;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.HeldLease;
import gantry.plugins.transfer.store.ImageNames;
import gantry.plugins.transfer.unpack.UnpackRule;
import gantry.plugins.transfer.unpack.Unpacker;
import gantry.registry.Registries;
import gantry.registry.Repository;
import gantry.transfer.Progress;
import gantry.transfer.ProgressListener;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.util.List;

/** Images from registries into the store. Safe for concurrent use. */
public final class PullTransfer {
  private static final String SCHEMA_1 =
      "application/vnd.docker.distribution.manifest.v1+prettyjws";

  private final Handle<Metadata> metadata;
  private final Registries registries;
  private final Downloads downloads;
  private final Unpacker unpacker;
  private final Verifiers verifiers;

  /** Takes what it works with. */
  public PullTransfer(
      Handle<Metadata> metadata,
      Registries registries,
      Downloads downloads,
      Unpacker unpacker,
      Verifiers verifiers) {
    this.metadata = metadata;
    this.registries = registries;
    this.downloads = downloads;
    this.unpacker = unpacker;
    this.verifiers = verifiers;
  }

  /** Pulls; under the caller's lease, or one of its own. */
  public void run(Caller caller, RegistryImage from, StoredImage to, ProgressListener progress)
      throws IOException {
    try (HeldLease lease = HeldLease.of(metadata, caller);
        ProgressTracker tracker = new ProgressTracker(from.reference(), "downloading", progress)) {
      pull(lease.store(), from, to, tracker);
    }
  }

  private void pull(CallerStore store, RegistryImage from, StoredImage to, ProgressTracker tracker)
      throws IOException {
    String source = "OCI Registry (" + from.reference() + ")";
    tracker.tell(Progress.of("Resolving from " + source));
    List<UnpackRule> rules = unpacker.rules().of(to.unpacks());
    Repository repository = registries.open(from);
    Descriptor root = repository.resolve();
    if (root.mediaType().equals(SCHEMA_1)) {
      throw new InvalidArgumentException(
          "pull %s: schema 1 image manifests are no longer supported: invalid argument"
              .formatted(from.reference()));
    }
    verifiers.verify(from.reference(), root);
    tracker.tell(Progress.of("Pulling from " + source));
    tracker.tell(new Progress("fetching image content", from.reference(), List.of(), 0, 0, root));
    BlobFetcher fetcher = new BlobFetcher(store, repository, downloads, tracker);
    new ImageWalk(store, fetcher, unpacker, new Selection(to), rules, tracker).walk(root);
    for (Image image : new ImageNames(store).save(to, root)) {
      tracker.tell(new Progress("saved", image.name(), List.of(), 0, 0, image.target()));
    }
    tracker.tell(Progress.of("Completed pull from " + source));
  }
}
