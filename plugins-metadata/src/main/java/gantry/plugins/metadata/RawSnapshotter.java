// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.NotFoundException;
import gantry.plugins.Handle;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One raw snapshotter and what is known of it here. Safe for concurrent use. */
final class RawSnapshotter {
  private static final Duration BYTES = Duration.ofMinutes(30);

  private final String name;
  private final Handle<Snapshotter> handle;
  private final Handle<Snapshotter> slow;
  private final Condemned condemned;
  // What a crash, or the time it was away, left is found by the first collection.
  private final AtomicBoolean isDirty = new AtomicBoolean(true);

  RawSnapshotter(String name, Handle<Snapshotter> handle, Condemned condemned) {
    this.name = name;
    this.handle = handle;
    this.slow = handle.within(BYTES);
    this.condemned = condemned;
  }

  String name() {
    return name;
  }

  Handle<Snapshotter> handle() {
    return handle;
  }

  /** The same for what may copy, flush, count or remove all the bytes of a snapshot. */
  Handle<Snapshotter> slow() {
    return slow;
  }

  /** Snapshots that are about to be removed, by key in the raw snapshotter. */
  Condemned condemned() {
    return condemned;
  }

  /** There may be something that no record names. */
  void markDirty() {
    isDirty.set(true);
  }

  boolean takeDirty() {
    return isDirty.getAndSet(false);
  }

  Optional<SnapshotInfo> find(String key) throws IOException {
    try {
      return Optional.of(handle.call(snapshotter -> snapshotter.stat(key)));
    } catch (NotFoundException e) {
      return Optional.empty();
    }
  }

  /** What a snapshot takes, in bytes; 0 if it is not there. */
  long bytes(String key) throws IOException {
    try {
      return slow.call(snapshotter -> snapshotter.usage(key)).size();
    } catch (NotFoundException e) {
      return 0;
    }
  }
}
