// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.errors.FailedPreconditionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the database may be opened as it is found. */
final class DatabaseFile {
  private static final Logger log = LoggerFactory.getLogger(DatabaseFile.class);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  private DatabaseFile() {}

  /**
   * Call it before the database is opened.
   *
   * @param isRebuilt whether an empty one is wanted; the old one is moved aside
   * @throws FailedPreconditionException if there is none, though there was one once: an empty one
   *     would call everything on the disk garbage
   */
  static void prepare(Path file, boolean isRebuilt) {
    if (isRebuilt) {
      moveAside(file);
    } else if (!Files.exists(file) && Files.exists(NameLog.beside(file))) {
      throw new FailedPreconditionException(
          ("open %s: it is gone, though %s says that there was one: start gantryd --rebuild to fill"
               + " a new one from what is on the disk, or delete that file to begin with nothing")
              .formatted(file, NameLog.beside(file)));
    }
  }

  private static void moveAside(Path file) {
    String aside = file + ".before-rebuild-" + TIME.format(Instant.now());
    try {
      for (String suffix : List.of("", "-wal", "-shm")) {
        Path part = Path.of(file + suffix);
        if (Files.exists(part)) {
          Files.move(part, Path.of(aside + suffix));
          log.info("moved {} to {}", part, aside + suffix);
        }
      }
    } catch (IOException e) {
      throw new FailedPreconditionException(
          "move %s to %s: %s".formatted(file, aside, e.getMessage()), e);
    }
  }
}
