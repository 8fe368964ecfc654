// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.labels.Labels;
import gantry.snapshots.SnapshotKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotDirectoriesTest {
  private static final Clock NOW = Clock.fixed(Instant.ofEpochSecond(1_000_000), ZoneOffset.UTC);

  @TempDir Path temp;

  @Test
  void create_makesPrivateDirectories() throws IOException {
    Path root = temp.resolve("a/b");

    SnapshotDirectories.create(root);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root)))
        .isEqualTo("rwx------");
    assertThat(root).isDirectoryContaining(path -> path.endsWith("snapshots"));
    assertThat(root).isDirectoryContaining(path -> path.endsWith("trash"));
  }

  @Test
  void reconcile_movesAsideWhatHasNoRecord() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    try (SnapshotIndex index = SnapshotIndex.open(directories.indexFile())) {
      active(index, "kept", directories);
      Files.createDirectories(directories.of(77).resolve("fs/etc"));
      Files.createDirectories(temp.resolve("snapshots/new-123"));

      assertThat(directories.reconcile(index)).isEmpty();

      assertThat(temp.resolve("snapshots")).isDirectoryNotContaining("glob:**/{77,new-123}");
      assertThat(directories.of(index.require("kept").id())).exists();
      assertThat(temp.resolve("trash/stray.1000000.77/fs/etc")).exists();
    }
  }

  @Test
  void reconcile_leavesWhatIsBeingMade() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    try (SnapshotIndex index = SnapshotIndex.open(directories.indexFile());
        Reservation reservation = index.reserve(SnapshotKind.ACTIVE, "key", "", Labels.none())) {
      Files.createDirectory(directories.of(reservation.id()));

      directories.reconcile(index);

      assertThat(directories.of(reservation.id())).exists();
    }
  }

  @Test
  void reconcile_tellsRecordsWithoutDirectory() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    try (SnapshotIndex index = SnapshotIndex.open(directories.indexFile())) {
      active(index, "lost", directories);
      Files.delete(directories.of(index.require("lost").id()));

      assertThat(directories.reconcile(index))
          .extracting(record -> record.info().name())
          .containsExactly("lost");
    }
  }

  @Test
  void discard_ofWhatAnotherHasJustMovedAside_findsIt() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    try (SnapshotIndex index = SnapshotIndex.open(directories.indexFile());
        SnapshotIndex other = SnapshotIndex.open(directories.indexFile())) {
      active(index, "going", directories);
      long id = index.remove("going");
      SnapshotDirectories.create(temp, NOW).reconcile(other);
      assertThat(temp.resolve("trash/stray.1000000." + id)).exists();

      assertThat(directories.discard(id)).isPresent();
      directories.cleanup();

      assertThat(temp.resolve("trash")).isEmptyDirectory();
    }
  }

  @Test
  void discard_leavesWhatWasMovedAsideLongAgo() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    Files.createDirectory(temp.resolve("trash/stray.999900.5"));

    assertThat(directories.discard(5)).isEmpty();
    assertThat(temp.resolve("trash/stray.999900.5")).exists();
  }

  @Test
  void problem_isToldWhereNothingCanBeWritten() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    try (SnapshotIndex index = SnapshotIndex.open(directories.indexFile())) {
      assertThat(directories.problem(index)).isEmpty();
      Files.delete(temp.resolve("trash"));

      assertThat(directories.problem(index)).contains(temp + "/trash cannot be written to");
    }
  }

  @Test
  void cleanup_deletesWhatWasDiscarded() throws IOException {
    SnapshotDirectories directories = SnapshotDirectories.create(temp, NOW);
    Files.createDirectories(directories.of(5).resolve("fs/a/b"));
    Files.writeString(directories.of(5).resolve("fs/a/f"), "x");

    assertThat(directories.discard(5)).isPresent();
    assertThat(directories.discard(5)).isEmpty();
    assertThat(directories.of(5)).doesNotExist();
    directories.cleanup();

    assertThat(temp.resolve("trash")).isEmptyDirectory();
  }

  @Test
  void cleanup_deletesStraysAfterADay() throws IOException {
    Path stray = Files.createDirectories(temp.resolve("trash/stray.1000000.7/fs"));

    SnapshotDirectories.create(temp, NOW).cleanup();
    assertThat(stray).exists();
    SnapshotDirectories.create(temp, Clock.offset(NOW, Duration.ofHours(23))).cleanup();
    assertThat(stray).exists();
    SnapshotDirectories.create(temp, Clock.offset(NOW, Duration.ofHours(25))).cleanup();
    assertThat(stray).doesNotExist();
  }

  private static void active(SnapshotIndex index, String key, SnapshotDirectories directories)
      throws IOException {
    try (Reservation reservation = index.reserve(SnapshotKind.ACTIVE, key, "", Labels.none())) {
      Files.createDirectory(directories.of(reservation.id()));
      reservation.commit();
    }
  }
}
