// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.metadata.Garbage;
import gantry.metadata.GcStats;
import gantry.metadata.StoreUsage;
import io.gantry.admin.v1.Amount;
import io.gantry.admin.v1.CollectResponse;
import io.gantry.admin.v1.CollectSummary;
import io.gantry.admin.v1.DiskUsageResponse;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/** Messages of the admin service. */
public final class AdminWire {
  private AdminWire() {}

  /** An object that went. */
  public static CollectResponse encode(Garbage garbage) {
    return CollectResponse.newBuilder()
        .setRemoved(
            io.gantry.admin.v1.Garbage.newBuilder()
                .setNamespace(garbage.namespace())
                .setType(garbage.type())
                .setId(garbage.id())
                .setBytes(garbage.bytes())
                .setReason(garbage.reason()))
        .build();
  }

  /** An object that went. */
  public static Garbage decode(io.gantry.admin.v1.Garbage garbage) {
    return new Garbage(
        garbage.getNamespace(),
        garbage.getType(),
        garbage.getId(),
        garbage.getBytes(),
        garbage.getReason());
  }

  /** The end of a collection. */
  public static CollectResponse encode(GcStats stats) {
    return CollectResponse.newBuilder()
        .setSummary(
            CollectSummary.newBuilder()
                .putAllRemoved(stats.removed())
                .setElapsedNanos(stats.elapsed().toNanos()))
        .build();
  }

  /** The end of a collection. */
  public static GcStats decode(CollectSummary summary) {
    return new GcStats(
        new TreeMap<>(summary.getRemovedMap()), Duration.ofNanos(summary.getElapsedNanos()));
  }

  /** What is stored. */
  public static DiskUsageResponse encode(StoreUsage usage) {
    DiskUsageResponse.Builder response =
        DiskUsageResponse.newBuilder()
            .setBlobs(encode(usage.blobs()))
            .setIngests(encode(usage.ingests()))
            .setOrphans(encode(usage.orphans()));
    usage.snapshots().forEach((name, amount) -> response.putSnapshots(name, encode(amount)));
    return response.build();
  }

  /** What is stored. */
  public static StoreUsage decode(DiskUsageResponse response) {
    SortedMap<String, StoreUsage.Amount> snapshots = new TreeMap<>();
    response.getSnapshotsMap().forEach((name, amount) -> snapshots.put(name, decode(amount)));
    return new StoreUsage(
        decode(response.getBlobs()),
        snapshots,
        decode(response.getIngests()),
        decode(response.getOrphans()));
  }

  private static Amount encode(StoreUsage.Amount amount) {
    return Amount.newBuilder()
        .setCount(amount.count())
        .setBytes(amount.bytes())
        .setReclaimable(amount.reclaimable())
        .build();
  }

  private static StoreUsage.Amount decode(Amount amount) {
    return new StoreUsage.Amount(amount.getCount(), amount.getBytes(), amount.getReclaimable());
  }
}
