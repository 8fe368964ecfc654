// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.Filter;
import gantry.linux.DirectoryLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The ingests. Safe for concurrent use. */
final class IngestDirectory {
  private final ContentLayout layout;
  private final BlobDirectory blobs;

  IngestDirectory(ContentLayout layout, BlobDirectory blobs) {
    this.layout = layout;
    this.blobs = blobs;
  }

  /** Deletes what an abort left behind when the daemon was killed. */
  void sweep() throws IOException {
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(layout.ingests(), ContentLayout::isAborted)) {
      for (Path leftover : leftovers) {
        delete(leftover);
      }
    }
  }

  IngestStatus status(String ref) throws IOException {
    try {
      return new IngestFiles(layout.ingest(ref)).status();
    } catch (NoSuchFileException e) {
      throw missing(ref, e);
    }
  }

  List<IngestStatus> statuses(Filter filter) throws IOException {
    List<IngestStatus> found = new ArrayList<>();
    try (DirectoryStream<Path> ingests =
        Files.newDirectoryStream(layout.ingests(), path -> !ContentLayout.isAborted(path))) {
      for (Path ingest : ingests) {
        addStatus(ingest, filter, found);
      }
    }
    return found;
  }

  private static void addStatus(Path ingest, Filter filter, List<IngestStatus> found)
      throws IOException {
    try {
      IngestStatus status = new IngestFiles(ingest).status();
      if (filter.matches(status)) {
        found.add(status);
      }
    } catch (NoSuchFileException e) {
      // It ended while we were looking.
      return;
    }
  }

  /** Takes the ingest out of sight in one step; a writer that has it open can write on in vain. */
  void abort(String ref) throws IOException {
    Path ingest = layout.ingest(ref);
    Path aborted = layout.aborted(ingest);
    try {
      Files.move(ingest, aborted, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      throw missing(ref, e);
    }
    delete(aborted);
  }

  ContentWriter open(IngestRequest request) throws IOException {
    Path ingest = layout.ingest(request.ref());
    DirectoryLock lock = lock(ingest, request.ref());
    try {
      IngestFiles files = new IngestFiles(lock.path());
      if (!files.isResumable(request.ref(), request.total())) {
        files.begin(request.ref(), request.total(), Instant.now());
      }
      return IngestWriter.open(request, ingest, lock, blobs);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static DirectoryLock lock(Path ingest, String ref) throws IOException {
    try {
      Files.createDirectory(ingest);
    } catch (FileAlreadyExistsException e) {
      // Begun before: it is resumed.
    }
    try {
      return DirectoryLock.tryAcquire(ingest).orElseThrow(() -> locked(ref, "a writer has it"));
    } catch (NoSuchFileException e) {
      throw locked(ref, "it is being aborted");
    }
  }

  private static UnavailableException locked(String ref, String why) {
    return new UnavailableException(
        "open ingest: ref %s locked: %s, try again".formatted(ref, why));
  }

  private static NotFoundException missing(String ref, NoSuchFileException cause) {
    return new NotFoundException("ingest ref \"%s\": not found".formatted(ref), cause);
  }

  private static void delete(Path directory) throws IOException {
    new IngestFiles(directory).deleteAll();
    Files.deleteIfExists(directory);
  }
}
