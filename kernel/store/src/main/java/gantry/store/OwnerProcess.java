// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.time.Instant;
import java.util.Optional;

/**
 * The process that wrote a record of intent, written {@code pid:start}: pids are used again, pairs
 * are not. So a later process can tell whether somebody still works on it.
 *
 * @param start milliseconds since 1970
 */
public record OwnerProcess(long pid, long start) {
  /** This process. */
  public static OwnerProcess current() {
    return of(ProcessHandle.current());
  }

  /** Reads what {@link #toString} wrote. */
  public static OwnerProcess parse(String text) {
    int colon = text.indexOf(':');
    return new OwnerProcess(
        Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
  }

  /** Whether it still runs. */
  public boolean isAlive() {
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
