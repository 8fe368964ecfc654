// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.containers.Containers;
import gantry.content.ContentStore;
import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.images.Image;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;
import gantry.leases.Leases;
import gantry.metadata.Caller;
import gantry.metadata.GcStats;
import gantry.metadata.Metadata;
import gantry.metadata.Scope;
import gantry.namespaces.Namespaces;
import gantry.oci.Digest;
import gantry.plugins.Handle;
import gantry.snapshots.Snapshotter;
import gantry.testkit.FixedHandle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One namespace in memory: content, images, leases. */
final class MemoryMetadata implements Metadata, Scope {
  final MemoryContent content = new MemoryContent();
  final Map<String, Image> images = new LinkedHashMap<>();

  /** Every lease that was ever made, with what it keeps; ended ones are null there. */
  final Map<String, @Nullable List<String>> leases = new LinkedHashMap<>();

  Handle<Metadata> handle() {
    return FixedHandle.of("io.containerd.metadata.v1.bolt", this);
  }

  @Override
  public Scope in(Caller caller) {
    return this;
  }

  @Override
  public ContentStore content() {
    return content;
  }

  @Override
  public Images images() {
    return new MemoryImages();
  }

  @Override
  public Leases leases() {
    return new MemoryLeases();
  }

  @Override
  public Snapshotter snapshotter(String name) {
    throw new AssertionError("not expected");
  }

  @Override
  public Containers containers() {
    throw new AssertionError("not expected");
  }

  @Override
  public Namespaces namespaces() {
    throw new AssertionError("not expected");
  }

  @Override
  public GcStats collect() {
    throw new AssertionError("not expected");
  }

  @Override
  public Changes changes() {
    throw new AssertionError("not expected");
  }

  private final class MemoryImages implements Images {
    @Override
    public Image get(String name) {
      Image image = images.get(name);
      if (image == null) {
        throw new NotFoundException("image \"%s\": not found".formatted(name));
      }
      return image;
    }

    @Override
    public List<Image> list(Filter filter) {
      return List.copyOf(images.values());
    }

    @Override
    public Image create(Image image, @Nullable Instant sourceDateEpoch) {
      if (images.putIfAbsent(image.name(), image) != null) {
        throw new AlreadyExistsException("image \"%s\": already exists".formatted(image.name()));
      }
      return image;
    }

    @Override
    public Image update(Image image, FieldPaths paths, @Nullable Instant sourceDateEpoch) {
      get(image.name());
      images.put(image.name(), image);
      return image;
    }

    @Override
    public void delete(String name, @Nullable Digest target) {
      images.remove(name);
    }
  }

  private final class MemoryLeases implements Leases {
    @Override
    public Lease create(String id, Labels labels) {
      String name = id.isEmpty() ? "lease" + leases.size() : id;
      leases.put(name, new ArrayList<>());
      return new Lease(name, Instant.EPOCH, labels);
    }

    @Override
    public void delete(String id) {
      leases.put(id, null);
    }

    @Override
    public List<Lease> list(Filter filter) {
      return List.of();
    }

    @Override
    public void add(String leaseId, LeaseResource resource) {
      List<String> kept = leases.get(leaseId);
      if (kept == null) {
        throw new NotFoundException("lease %s: not found".formatted(leaseId));
      }
      kept.add(resource.id());
    }

    @Override
    public void remove(String leaseId, LeaseResource resource) {}

    @Override
    public List<LeaseResource> resources(String leaseId) {
      return List.of();
    }
  }
}
