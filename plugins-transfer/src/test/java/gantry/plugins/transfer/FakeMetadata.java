// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.containers.Containers;
import gantry.content.ContentStore;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
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
import gantry.names.Namespace;
import gantry.namespaces.Namespaces;
import gantry.oci.Digest;
import gantry.snapshots.Snapshotter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One namespace in memory, its snapshots in directories. */
final class FakeMetadata implements Metadata {
  final FakeContent content = new FakeContent();
  final FakeSnapshotter snapshots;
  final Map<String, Image> images = new ConcurrentHashMap<>();
  final Map<String, Labels> leases = new ConcurrentHashMap<>();
  final List<LeaseResource> kept = new CopyOnWriteArrayList<>();

  FakeMetadata(Path root) {
    snapshots = new FakeSnapshotter(root);
  }

  Image image(String name) {
    return in(Caller.of(new Namespace("test"))).images().get(name);
  }

  @Override
  public Namespaces namespaces() {
    throw new UnsupportedOperationException();
  }

  @Override
  public GcStats collect() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Changes changes() {
    return new Changes(0, 0);
  }

  @Override
  public Scope in(Caller caller) {
    return new Scope() {
      @Override
      public ContentStore content() {
        return content;
      }

      @Override
      public Snapshotter snapshotter(String name) {
        if (!name.equals("overlayfs")) {
          throw new InvalidArgumentException("snapshotter not loaded: " + name);
        }
        return snapshots;
      }

      @Override
      public Images images() {
        return new FakeImages();
      }

      @Override
      public Containers containers() {
        throw new UnsupportedOperationException();
      }

      @Override
      public Leases leases() {
        return new FakeLeases();
      }
    };
  }

  private final class FakeImages implements Images {
    @Override
    public Image get(String name) {
      Image image = images.get(name);
      if (image == null) {
        throw new NotFoundException("image " + name + ": not found");
      }
      return image;
    }

    @Override
    public List<Image> list(Filter filter) {
      return images.values().stream().filter(filter::matches).toList();
    }

    @Override
    public Image create(Image image, @Nullable Instant sourceDateEpoch) {
      if (images.putIfAbsent(image.name(), image) != null) {
        throw new AlreadyExistsException("image " + image.name() + ": already exists");
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
      get(name);
      images.remove(name);
    }
  }

  private final class FakeLeases implements Leases {
    @Override
    public Lease create(String id, Labels labels) {
      String name = id.isEmpty() ? "lease-" + leases.size() : id;
      leases.put(name, labels);
      return new Lease(name, Instant.now(), labels);
    }

    @Override
    public void delete(String id) {
      if (leases.remove(id) == null) {
        throw new NotFoundException("lease " + id + ": not found");
      }
    }

    @Override
    public List<Lease> list(Filter filter) {
      return new ArrayList<>();
    }

    @Override
    public void add(String leaseId, LeaseResource resource) {
      if (!leases.containsKey(leaseId)) {
        throw new NotFoundException("lease " + leaseId + ": not found");
      }
      kept.add(resource);
    }

    @Override
    public void remove(String leaseId, LeaseResource resource) {
      kept.remove(resource);
    }

    @Override
    public List<LeaseResource> resources(String leaseId) {
      return List.copyOf(kept);
    }
  }
}
