// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Initialises classes that take long and that nobody can do without, beside the start of the
 * framework: {@code lib/gantry/gantryd.preload} names one a line. What is missing there is
 * initialised when it is needed, only later.
 */
final class Preload {
  private static final Logger LOG = System.getLogger(Preload.class.getName());

  private Preload() {}

  /** Begins, on a thread of its own. */
  static void begin(Path home) {
    Path list = home.resolve("lib/gantry/gantryd.preload");
    Thread.ofPlatform().name("preload").daemon().start(() -> load(list));
  }

  private static void load(Path list) {
    initialise(list);
    // Looks into each jar and so opens all of them: an installation may be replaced under a daemon
    // that runs, and what is open stays what it was.
    ClassLoader.getSystemResource("no/such/entry");
  }

  private static void initialise(Path list) {
    try {
      for (String line : Files.readAllLines(list)) {
        if (!line.isEmpty() && !line.startsWith("#")) {
          Class.forName(line, true, Preload.class.getClassLoader());
        }
      }
    } catch (IOException | ClassNotFoundException | LinkageError e) {
      // Not needed to go on: whoever uses the class will say what is wrong with it.
      LOG.log(Level.DEBUG, "preload " + list, e);
    }
  }
}
