// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What every thread does, virtual ones too, into the log. */
final class ThreadDump {
  private static final Logger LOG = System.getLogger(ThreadDump.class.getName());

  private ThreadDump() {}

  /**
   * Writes a dump to the log.
   *
   * @param directory for the file that the JVM insists on
   */
  static void log(Path directory) {
    Path file = directory.resolve("threads.txt");
    try {
      Files.deleteIfExists(file);
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
      LOG.log(Level.INFO, "threads:\n" + Files.readString(file));
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "dump threads to " + file, e);
    }
  }
}
