// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is mounted on this host. */
final class Mounts {
  private static final int BATCH = 100;

  private Mounts() {}

  /** Takes away what is mounted below a directory, the last first. */
  static void detachBelow(Path directory) {
    try {
      List<String> points = new ArrayList<>();
      for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
        String point = List.of(line.split(" ", 3)).get(1);
        if (point.startsWith(directory + "/")) {
          points.addFirst(point);
        }
      }
      for (int i = 0; i < points.size(); i += BATCH) {
        List<String> command = new ArrayList<>(List.of("umount", "-l"));
        command.addAll(points.subList(i, Math.min(points.size(), i + BATCH)));
        String _ = Programs.run(command);
      }
    } catch (IOException e) {
      System.err.println("bench: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
