// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.AlreadyExistsException;
import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import gantry.store.snapshots.Reservation;
import gantry.store.snapshots.SnapshotChain;
import gantry.store.snapshots.SnapshotIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A raw snapshotter that keeps its book and no directories. */
final class IndexedSnapshotter implements Snapshotter, AutoCloseable {
  private final Guard guard;
  private final SnapshotIndex index;
  private volatile boolean isRemote;
  private volatile boolean isFullOfTrash;

  IndexedSnapshotter(Path file, Guard guard) {
    this.guard = guard;
    this.index = SnapshotIndex.open(file);
  }

  /** Answers a prepare for a target it has with "already exists", as remote snapshotters do. */
  void beRemote() {
    isRemote = true;
  }

  /** Cannot free what removed snapshots left. */
  void keepTrash() {
    isFullOfTrash = true;
  }

  List<String> names() {
    List<String> names = new ArrayList<>();
    index.walk(Filter.ALL, info -> names.add(info.name()));
    return names;
  }

  @Override
  public SnapshotInfo stat(String name) {
    guard.enter();
    return index.stat(name);
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) {
    guard.enter();
    return index.update(info, paths);
  }

  @Override
  public SnapshotUsage usage(String name) {
    guard.enter();
    return index.require(name).usage();
  }

  @Override
  public List<Mount> mounts(String key) {
    guard.enter();
    return mounts(index.chain(key));
  }

  @Override
  public List<Mount> prepare(String key, String parent, Labels labels) {
    guard.enter();
    if (isRemote && labels.find(WellKnown.SNAPSHOT_REF).isPresent()) {
      throw new AlreadyExistsException("target: already exists");
    }
    return create(SnapshotKind.ACTIVE, key, parent, labels);
  }

  @Override
  public List<Mount> view(String key, String parent, Labels labels) {
    guard.enter();
    return create(SnapshotKind.VIEW, key, parent, labels);
  }

  private List<Mount> create(SnapshotKind kind, String key, String parent, Labels labels) {
    try (Reservation reservation = index.reserve(kind, key, parent, labels)) {
      List<Mount> mounts = mounts(reservation.commit());
      guard.leave();
      return mounts;
    }
  }

  private static List<Mount> mounts(SnapshotChain chain) {
    return List.of(Mount.of("bind", chain.id() + "<" + chain.parentIds(), List.of()));
  }

  @Override
  public void commit(String name, String key, String rebase, Labels labels) {
    guard.enter();
    index.commit(name, key, new SnapshotUsage(4096, 1), labels, rebase);
    guard.leave();
  }

  @Override
  public void remove(String name) {
    guard.enter();
    index.remove(name);
  }

  @Override
  public void cleanup() throws IOException {
    guard.enter();
    if (isFullOfTrash) {
      throw new IOException("directory in use");
    }
    Snapshotter.super.cleanup();
  }

  @Override
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) {
    guard.enter();
    index.walk(filter, sink);
  }

  @Override
  public void close() {
    index.close();
  }
}
