// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.snapshots.v1.CommitSnapshotRequest;
import containerd.services.snapshots.v1.Info;
import containerd.services.snapshots.v1.ListSnapshotsRequest;
import containerd.services.snapshots.v1.ListSnapshotsResponse;
import containerd.services.snapshots.v1.MountsRequest;
import containerd.services.snapshots.v1.PrepareSnapshotRequest;
import containerd.services.snapshots.v1.RemoveSnapshotRequest;
import containerd.services.snapshots.v1.SnapshotsGrpc;
import containerd.services.snapshots.v1.StatSnapshotRequest;
import containerd.services.snapshots.v1.UpdateSnapshotRequest;
import containerd.services.snapshots.v1.UsageRequest;
import containerd.services.snapshots.v1.ViewSnapshotRequest;
import gantry.labels.Labels;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotUsage;
import gantry.wire.FieldMaskWire;
import gantry.wire.MountWire;
import gantry.wire.SnapshotWire;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The snapshots of one snapshotter in a namespace. */
public final class SnapshotsClient {
  private final Wire wire;
  private final String snapshotter;

  SnapshotsClient(Wire wire, String snapshotter) {
    this.wire = wire;
    this.snapshotter = snapshotter;
  }

  /** The snapshotter's name. */
  public String snapshotter() {
    return snapshotter;
  }

  /**
   * One snapshot of any kind.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public SnapshotInfo stat(String key) {
    StatSnapshotRequest request =
        StatSnapshotRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    return SnapshotWire.decode(wire.call(SnapshotsGrpc.getStatMethod(), request).getInfo());
  }

  /** Each snapshot that matches any filter; all if there is none. */
  public void walk(List<String> filters, Consumer<SnapshotInfo> sink) {
    ListSnapshotsRequest request =
        ListSnapshotsRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .addAllFilters(filters)
            .build();
    Iterator<ListSnapshotsResponse> batches = wire.list(SnapshotsGrpc.getListMethod(), request);
    while (batches.hasNext()) {
      batches.next().getInfoList().stream().map(SnapshotWire::decode).forEach(sink);
    }
  }

  /** Bytes and inodes of one snapshot without its parents. */
  public SnapshotUsage usage(String key) {
    UsageRequest request =
        UsageRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    return SnapshotWire.decode(wire.callLong(SnapshotsGrpc.getUsageMethod(), request));
  }

  /** How to mount an active snapshot or a view. */
  public List<Mount> mounts(String key) {
    MountsRequest request =
        MountsRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build();
    return MountWire.decodeAll(wire.call(SnapshotsGrpc.getMountsMethod(), request).getMountsList());
  }

  /**
   * Begins a writable snapshot.
   *
   * @param parent a committed snapshot; empty for none
   * @throws gantry.errors.AlreadyExistsException if the key is taken
   */
  public List<Mount> prepare(String key, String parent, Labels labels) {
    PrepareSnapshotRequest request =
        PrepareSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setKey(key)
            .setParent(parent)
            .putAllLabels(labels.map())
            .build();
    return MountWire.decodeAll(
        wire.callLong(SnapshotsGrpc.getPrepareMethod(), request).getMountsList());
  }

  /** Begins a read-only snapshot; parameters as of {@link #prepare}. */
  public List<Mount> view(String key, String parent, Labels labels) {
    ViewSnapshotRequest request =
        ViewSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setKey(key)
            .setParent(parent)
            .putAllLabels(labels.map())
            .build();
    return MountWire.decodeAll(
        wire.callLong(SnapshotsGrpc.getViewMethod(), request).getMountsList());
  }

  /** Makes an active snapshot permanent under a name. */
  public void commit(String name, String key, Labels labels) {
    wire.callLong(
        SnapshotsGrpc.getCommitMethod(),
        CommitSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setName(name)
            .setKey(key)
            .putAllLabels(labels.map())
            .build());
  }

  /**
   * Removes a snapshot.
   *
   * @throws gantry.errors.FailedPreconditionException if it has children
   */
  public void remove(String key) {
    wire.callLong(
        SnapshotsGrpc.getRemoveMethod(),
        RemoveSnapshotRequest.newBuilder().setSnapshotter(snapshotter).setKey(key).build());
  }

  /** Sets labels; one with an empty value is removed, others stay; none changes nothing. */
  public SnapshotInfo label(String key, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return stat(key);
    }
    UpdateSnapshotRequest request =
        UpdateSnapshotRequest.newBuilder()
            .setSnapshotter(snapshotter)
            .setInfo(Info.newBuilder().setName(key).putAllLabels(labels))
            .setUpdateMask(FieldMaskWire.encode(LabelPaths.of(labels)))
            .build();
    return SnapshotWire.decode(wire.call(SnapshotsGrpc.getUpdateMethod(), request).getInfo());
  }
}
