// SPDX-License-Identifier: Apache-2.0
package gantry.gc;

import gantry.metadata.GcStats;
import gantry.plugins.Contract;
import java.time.Duration;

/** Runs collections by its own schedule and on demand. Safe for concurrent use. */
@Contract
public interface GarbageCollector {
  /**
   * Asks for a collection that begins after this call, and waits for its end.
   *
   * @throws gantry.errors.DeadlineExceededException if it does not end in time
   */
  GcStats collectAndWait(Duration deadline);
}
