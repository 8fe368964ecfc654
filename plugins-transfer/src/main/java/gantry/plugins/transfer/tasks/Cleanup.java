// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.tasks;

import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts away what was half made. */
public final class Cleanup {
  private static final Logger log = LoggerFactory.getLogger(Cleanup.class);

  private Cleanup() {}

  /**
   * Does it, also if the thread is interrupted, which it is afterwards too. A failure is logged,
   * for what led here matters more and garbage collection takes what stays behind.
   *
   * @param what for the log
   */
  public static void run(String what, TaskGroup.Task task) {
    boolean interrupted = Thread.interrupted();
    try {
      task.run();
    } catch (NotFoundException e) {
      log.debug("{}: nothing there", what);
    } catch (IOException | GantryException e) {
      log.warn("{}: {}", what, e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
