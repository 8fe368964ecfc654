// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** A namespaced snapshotter with the house it is in. */
record OpenedSnapshotter(House house) implements Snapshotter, Closeable {
  private Snapshotter inner() {
    return house.snapshots();
  }

  @Override
  public SnapshotInfo stat(String name) throws IOException {
    return inner().stat(name);
  }

  @Override
  public SnapshotInfo update(SnapshotInfo info, FieldPaths paths) throws IOException {
    return inner().update(info, paths);
  }

  @Override
  public SnapshotUsage usage(String name) throws IOException {
    return inner().usage(name);
  }

  @Override
  public List<Mount> mounts(String key) throws IOException {
    return inner().mounts(key);
  }

  @Override
  public List<Mount> prepare(String key, String parent, Labels labels) throws IOException {
    return inner().prepare(key, parent, labels);
  }

  @Override
  public List<Mount> view(String key, String parent, Labels labels) throws IOException {
    return inner().view(key, parent, labels);
  }

  @Override
  public void commit(String name, String key, String rebase, Labels labels) throws IOException {
    inner().commit(name, key, rebase, labels);
  }

  @Override
  public void remove(String name) throws IOException {
    inner().remove(name);
  }

  @Override
  public void walk(Filter filter, Consumer<SnapshotInfo> sink) throws IOException {
    inner().walk(filter, sink);
  }

  @Override
  public void close() {
    house.close();
  }
}
