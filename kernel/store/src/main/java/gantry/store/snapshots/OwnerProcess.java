// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import java.time.Instant;
import java.util.Optional;

/**
 * A process as {@code pid:start}, start in milliseconds since 1970: pids are used again, pairs not.
 */
record OwnerProcess(long pid, long start) {

  static OwnerProcess current() {
    return of(ProcessHandle.current());
  }

  static OwnerProcess parse(String text) {
    int colon = text.indexOf(':');
    return new OwnerProcess(
        Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  boolean isAlive() {
    Optional<ProcessHandle> process = ProcessHandle.of(pid);
    return process.isPresent() && process.get().isAlive() && of(process.get()).equals(this);
  }

  private static OwnerProcess of(ProcessHandle process) {
    long start = process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    return new OwnerProcess(process.pid(), start);
  }

  @Override
  public String toString() {
    return pid + ":" + start;
  }
}
