// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import java.time.Instant;

/** Times that a filesystem can keep. */
final class TarTimes {
  /** The last second whose nanoseconds since 1970 fit in 64 bits. */
  private static final long LAST = Long.MAX_VALUE / 1_000_000_000L;

  private TarTimes() {}

  /** A time; what no filesystem can keep becomes 1970, as containerd does. */
  static Instant clamp(long seconds, long nanos) {
    return seconds < 0 || seconds > LAST ? Instant.EPOCH : Instant.ofEpochSecond(seconds, nanos);
  }
}
