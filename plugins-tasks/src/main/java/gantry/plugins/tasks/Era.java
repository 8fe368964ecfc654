// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import java.time.Instant;

/**
 * One life of the daemon. Two versions of this plugin that serve side by side during a swap are of
 * the same era; whatever an earlier era left unfinished nobody will finish.
 *
 * @param token without separators of file names or of words
 * @param began when
 */
record Era(String token, Instant began) {
  /** The life this process leads. The start time tells apart daemons that are always pid 1. */
  static Era current() {
    ProcessHandle self = ProcessHandle.current();
    Instant started = self.info().startInstant().orElse(Instant.EPOCH);
    return new Era("e" + self.pid() + "x" + started.toEpochMilli(), started);
  }
}
