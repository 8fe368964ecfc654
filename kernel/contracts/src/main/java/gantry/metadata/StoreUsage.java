// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What everything takes on the disk, in all namespaces together.
 *
 * @param blobs each counted once, whoever has it
 * @param snapshots by snapshotter; of those that are there
 * @param ingests what is being written; nothing of it is reclaimable before it expires
 * @param orphans in a raw store and in no record; contained in the other numbers too
 */
public record StoreUsage(
    Amount blobs, SortedMap<String, Amount> snapshots, Amount ingests, Amount orphans) {
  /** Copies the map. */
  public StoreUsage {
    snapshots = new TreeMap<>(snapshots);
  }

  /**
   * How much of one kind.
   *
   * @param count objects
   * @param bytes what they take
   * @param reclaimable bytes the next collection would free
   */
  public record Amount(long count, long bytes, long reclaimable) {
    /** Nothing. */
    public static final Amount NONE = new Amount(0, 0, 0);

    /** One object more. */
    public Amount plus(long size, boolean isReclaimable) {
      return new Amount(count + 1, bytes + size, reclaimable + (isReclaimable ? size : 0));
    }
  }
}
