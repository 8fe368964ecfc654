// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Mounts;
import gantry.linux.Remnants;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;

/**
 * Removes what there is of a container nobody was told of. Every step is tried, whatever becomes of
 * the others: one that fails must not keep the rest.
 */
final class Clearance {
  private final Host host;

  Clearance(Host host) {
    this.host = host;
  }

  @FunctionalInterface
  private interface Step {
    void run() throws IOException, InterruptedException;
  }

  /**
   * Removes it.
   *
   * @throws IOException if something stays; the next supervisor will try again
   */
  void of(Task task) throws IOException, InterruptedException {
    String id = task.key().id();
    IOException failure = null;
    Step[] steps = {
      // of a supervisor that was killed: it would go on making what is removed here
      () -> Remnants.end(task.runc().root().toString(), id, Duration.ZERO),
      () -> task.runc().delete(id, true),
      () -> task.init().release(Duration.ZERO),
      () -> Remnants.removeCgroups(cgroups(task), id),
      () -> Mounts.unmountRecursive(task.rootfs()),
      () -> forget(task)
    };
    for (Step step : steps) {
      try {
        step.run();
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** As long as the runtime has a record of it, so has this process. */
  private void forget(Task task) throws IOException {
    if (!Files.exists(task.runc().root().resolve(task.key().id()))) {
      host.ledger().forget(task.key(), "");
    }
  }

  private static String cgroups(Task task) throws IOException {
    try {
      Object spec = Json.parse(Files.readString(task.bundle().resolve("config.json")));
      return Json.at(spec, "linux", "cgroupsPath").toString();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
