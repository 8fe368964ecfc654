// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.services.snapshots.v1.Info;
import containerd.services.snapshots.v1.Kind;
import containerd.services.snapshots.v1.UsageResponse;
import gantry.labels.Labels;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;

/** Snapshots. */
public final class SnapshotWire {
  private SnapshotWire() {}

  /** Encodes a snapshot. */
  public static Info encode(SnapshotInfo snapshot) {
    return Info.newBuilder()
        .setName(snapshot.name())
        .setParent(snapshot.parent())
        .setKind(encode(snapshot.kind()))
        .setCreatedAt(TimestampWire.encode(snapshot.createdAt()))
        .setUpdatedAt(TimestampWire.encode(snapshot.updatedAt()))
        .putAllLabels(snapshot.labels().map())
        .build();
  }

  /**
   * Decodes a snapshot. One of unknown kind, as an update may send it, is taken for a view: the
   * kind cannot be changed anyway.
   *
   * @throws gantry.errors.InvalidArgumentException if a label is too long
   */
  public static SnapshotInfo decode(Info snapshot) {
    return new SnapshotInfo(
        decode(snapshot.getKind()),
        snapshot.getName(),
        snapshot.getParent(),
        Labels.of(snapshot.getLabelsMap()),
        TimestampWire.decode(snapshot.getCreatedAt()),
        TimestampWire.decode(snapshot.getUpdatedAt()));
  }

  /** Encodes a usage. */
  public static UsageResponse encode(SnapshotUsage usage) {
    return UsageResponse.newBuilder().setSize(usage.size()).setInodes(usage.inodes()).build();
  }

  /** Decodes a usage. */
  public static SnapshotUsage decode(UsageResponse usage) {
    return new SnapshotUsage(usage.getSize(), usage.getInodes());
  }

  private static Kind encode(SnapshotKind kind) {
    return switch (kind) {
      case VIEW -> Kind.VIEW;
      case ACTIVE -> Kind.ACTIVE;
      case COMMITTED -> Kind.COMMITTED;
    };
  }

  private static SnapshotKind decode(Kind kind) {
    return switch (kind) {
      case ACTIVE -> SnapshotKind.ACTIVE;
      case COMMITTED -> SnapshotKind.COMMITTED;
      case VIEW, UNKNOWN, UNRECOGNIZED -> SnapshotKind.VIEW;
    };
  }
}
