// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer;

import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Snapshots as directories that nothing mounts: an active one is a bind of its own. */
final class FakeSnapshotter implements Snapshotter {
  final SortedMap<String, SnapshotInfo> snapshots = new TreeMap<>();
  private final Path root;
  private final AtomicInteger ids = new AtomicInteger();
  private volatile Set<String> capabilities = Set.of("rebase");

  FakeSnapshotter(Path root) {
    this.root = root;
  }

  void cannotRebase() {
    capabilities = Set.of();
  }

  @Override
  public Set<String> capabilities() {
    return capabilities;
  }

  synchronized List<SnapshotInfo> all() {
    return List.copyOf(snapshots.values());
  }

  @Override
  public synchronized SnapshotInfo stat(String name) {
    SnapshotInfo info = snapshots.get(name);
    if (info == null) {
      throw new NotFoundException("snapshot " + name + ": not found");
    }
    return info;
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) {
    throw new UnsupportedOperationException();
  }

  @Override
  public SnapshotUsage usage(String name) {
    return new SnapshotUsage(0, 0);
  }

  @Override
  public List<Mount> mounts(String key) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized List<Mount> prepare(String key, String parent, Labels labels)
      throws IOException {
    if (snapshots.containsKey(labels.find(WellKnown.SNAPSHOT_REF).orElse(key))) {
      throw new AlreadyExistsException("snapshot " + key + ": already exists");
    }
    if (!parent.isEmpty()) {
      stat(parent);
    }
    put(SnapshotKind.ACTIVE, key, parent, labels);
    Path directory = Files.createDirectories(root.resolve("fs" + ids.incrementAndGet()));
    Mount bind = Mount.of("bind", directory.toString(), List.of("rw", "rbind"));
    Mount overlay =
        Mount.of("overlay", "overlay", List.of("upperdir=" + directory, "lowerdir=/" + parent));
    return List.of(parent.isEmpty() ? bind : overlay);
  }

  private void put(SnapshotKind kind, String name, String parent, Labels labels) {
    snapshots.put(name, new SnapshotInfo(kind, name, parent, labels, Instant.EPOCH, Instant.EPOCH));
  }

  @Override
  public List<Mount> view(String key, String parent, Labels labels) {
    throw new UnsupportedOperationException();
  }

  @Override
  public synchronized void commit(String name, String key, String rebase, Labels labels) {
    SnapshotInfo active = stat(key);
    if (snapshots.containsKey(name)) {
      throw new AlreadyExistsException("snapshot " + name + ": already exists");
    }
    if (!rebase.isEmpty()) {
      stat(rebase);
    }
    snapshots.remove(key);
    put(SnapshotKind.COMMITTED, name, rebase.isEmpty() ? active.parent() : rebase, labels);
  }

  @Override
  public synchronized void remove(String name) {
    stat(name);
    if (snapshots.values().stream().anyMatch(info -> info.parent().equals(name))) {
      throw new FailedPreconditionException("cannot remove snapshot with child");
    }
    snapshots.remove(name);
  }

  @Override
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) {
    all().stream().filter(filter::matches).forEach(sink);
  }
}
