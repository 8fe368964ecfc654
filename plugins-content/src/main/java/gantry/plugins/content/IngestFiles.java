// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.IngestStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * The files of one ingest. None but the data is made durable: an ingest that a crash damaged begins
 * anew.
 *
 * @param directory the ingest's directory, or a path into a locked one
 */
record IngestFiles(Path directory) {
  Path data() {
    return directory.resolve("data");
  }

  /**
   * What the files say.
   *
   * @throws NoSuchFileException if the ingest does not exist, or is not complete
   */
  IngestStatus status() throws IOException {
    BasicFileAttributes data = Files.readAttributes(data(), BasicFileAttributes.class);
    Instant written = data.lastModifiedTime().toInstant();
    return new IngestStatus(
        Files.readString(file("ref")), data.size(), total(), null, startedAt(written), written);
  }

  /** Whether a writer of this ref and total may go on with it. */
  boolean isResumable(String ref, long total) throws IOException {
    try {
      IngestStatus status = status();
      boolean sameTotal = total == 0 || status.total() == 0 || total == status.total();
      return status.ref().equals(ref) && sameTotal;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Begins anew; the data file comes last, for it says that the others are there. */
  void begin(String ref, long total, Instant now) throws IOException {
    Files.deleteIfExists(data());
    Files.writeString(file("ref"), ref);
    Files.writeString(file("startedat"), now.toString());
    Files.writeString(file("updatedat"), now.toString());
    if (total > 0) {
      Files.writeString(file("total"), Long.toString(total));
    } else {
      Files.deleteIfExists(file("total"));
    }
    Files.createFile(data());
  }

  /** Deletes everything but the directory. */
  void deleteAll() throws IOException {
    for (String name : new String[] {"data", "total", "updatedat", "startedat", "ref"}) {
      Files.deleteIfExists(file(name));
    }
  }

  private Path file(String name) {
    return directory.resolve(name);
  }

  private long total() throws IOException {
    try {
      return Long.parseLong(Files.readString(file("total")).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      return 0;
    }
  }

  private Instant startedAt(Instant otherwise) throws IOException {
    try {
      return OffsetDateTime.parse(Files.readString(file("startedat")).strip()).toInstant();
    } catch (NoSuchFileException | DateTimeException e) {
      return otherwise;
    }
  }
}
