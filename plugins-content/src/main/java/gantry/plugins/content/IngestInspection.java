// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import gantry.content.IngestStatus;
import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.linux.DirectoryLock;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Ingests that nobody will go on with: no writer has them, and they were not written to for a day,
 * or they are not whole so that no listing shows them. Safe for concurrent use.
 */
final class IngestInspection implements Inspector {
  private static final String INGEST = "ingest";
  private static final Duration KEPT = Duration.ofDays(1);

  private final ContentLayout layout;
  private final Clock clock;

  IngestInspection(ContentLayout layout, Clock clock) {
    this.layout = layout;
    this.clock = clock;
  }

  /** An ingest by its files: what they say, and why nobody goes on with it. */
  private record Left(Instant since, long bytes, String owner, String reason) {}

  @Override
  public Set<String> kinds() {
    return Set.of(INGEST);
  }

  @Override
  public List<Finding> inspect() throws IOException {
    List<Finding> findings = new ArrayList<>();
    try (DirectoryStream<Path> ingests = Files.newDirectoryStream(layout.ingests())) {
      for (Path ingest : ingests) {
        look(ingest)
            .filter(left -> isFree(ingest))
            .map(left -> finding(ingest, left))
            .ifPresent(findings::add);
      }
    }
    return findings;
  }

  private static Finding finding(Path ingest, Left left) {
    return new Finding(
        INGEST,
        ingest.toString(),
        left.since(),
        left.bytes(),
        left.owner(),
        left.reason(),
        "delete it; an upload of the same begins anew");
  }

  private Optional<Left> look(Path ingest) throws IOException {
    @Nullable Instant changed = changed(ingest);
    if (changed == null) {
      return Optional.empty();
    }
    if (ContentLayout.isAborted(ingest)) {
      return Optional.of(
          new Left(changed, bytes(ingest), FileContentStore.PLUGIN, "it was aborted"));
    }
    try {
      IngestStatus status = new IngestFiles(ingest).status();
      if (status.updatedAt().plus(KEPT).isAfter(clock.instant())) {
        return Optional.empty();
      }
      return Optional.of(
          new Left(
              status.updatedAt(),
              status.offset(),
              owner(status.ref()),
              "nobody writes it, and nobody did for a day"));
    } catch (NoSuchFileException e) {
      return Optional.of(
          new Left(
              changed, bytes(ingest), FileContentStore.PLUGIN, "it was begun and is not whole"));
    }
  }

  /** Refs are {@code <namespace>/<number>/<ref>} where the metadata plugin made them. */
  private static String owner(String ref) {
    String[] parts = ref.split("/", 3);
    return parts.length == 3 ? parts[0] + "/" + parts[2] : FileContentStore.PLUGIN;
  }

  private static @Nullable Instant changed(Path ingest) throws IOException {
    try {
      return Files.getLastModifiedTime(ingest, LinkOption.NOFOLLOW_LINKS).toInstant();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static long bytes(Path ingest) throws IOException {
    try {
      return Files.size(new IngestFiles(ingest).data());
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Whether no writer has it: one holds the lock of the directory as long as it is open. */
  private static boolean isFree(Path ingest) {
    try {
      Optional<DirectoryLock> lock = DirectoryLock.tryAcquire(ingest);
      lock.ifPresent(DirectoryLock::close);
      return lock.isPresent();
    } catch (IOException e) {
      // not a directory, or just gone
      return false;
    }
  }

  @Override
  public void mend(Finding finding) throws IOException {
    Path ingest = Path.of(finding.name());
    if (!finding.kind().equals(INGEST) || !layout.ingests().equals(ingest.getParent())) {
      throw new InvalidArgumentException(
          "mend %s %s: not an ingest of this store".formatted(finding.kind(), ingest));
    }
    try (DirectoryLock _ = lock(ingest)) {
      if (look(ingest).isEmpty()) {
        throw new FailedPreconditionException(
            "delete ingest %s: it was written to meanwhile".formatted(ingest));
      }
      new IngestFiles(ingest).deleteAll();
      Files.deleteIfExists(ingest);
    } catch (NoSuchFileException e) {
      // it is gone already
      return;
    }
  }

  private static DirectoryLock lock(Path ingest) throws IOException {
    return DirectoryLock.tryAcquire(ingest)
        .orElseThrow(
            () ->
                new FailedPreconditionException(
                    "delete ingest %s: a writer has it".formatted(ingest)));
  }
}
