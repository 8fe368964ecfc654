// SPDX-License-Identifier: Apache-2.0
package gantry.store.snapshots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.labels.Labels;
import gantry.linux.Mounts;
import gantry.mounts.Mount;
import gantry.snapshots.SnapshotKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotInspectionTest {
  private static final String PLUGIN = "io.containerd.snapshotter.v1.test";

  @TempDir Path temp;
  private SnapshotDirectories directories;
  private SnapshotIndex index;
  private SnapshotInspection inspection;

  @BeforeEach
  void open() throws IOException {
    directories = SnapshotDirectories.create(temp.resolve("root"));
    index = SnapshotIndex.open(directories.indexFile());
    inspection = new SnapshotInspection(PLUGIN, directories, index, snapshot -> true);
  }

  @AfterEach
  void close() {
    index.close();
  }

  private long make(String key) throws IOException {
    try (Reservation reservation = index.reserve(SnapshotKind.ACTIVE, key, "", Labels.none())) {
      Files.createDirectory(directories.of(reservation.id()));
      reservation.commit();
      return reservation.id();
    }
  }

  @Test
  void snapshots_withTheirDirectories_areNoFindings() throws IOException {
    make("ns/1/a");

    assertThat(inspection.inspect()).isEmpty();
  }

  @Test
  void snapshot_thatIsBeingMade_isNoFinding() throws IOException {
    try (Reservation reservation = index.reserve(SnapshotKind.ACTIVE, "k", "", Labels.none())) {
      Path directory = Files.createDirectory(directories.of(reservation.id()));
      Finding early = finding("snapshot-directory", directory.toString());

      assertThat(inspection.inspect()).isEmpty();
      assertThatThrownBy(() -> inspection.mend(early))
          .isInstanceOf(FailedPreconditionException.class);
      assertThat(directory).exists();
    }
  }

  @Test
  void directory_withoutRecord_isFoundMeasuredAndDeleted() throws IOException {
    make("ns/1/a");
    Path orphan = Files.createDirectories(directories.of(77).resolve("fs")).resolveSibling("");
    Files.write(orphan.resolve("fs/file"), new byte[100_000]);

    List<Finding> findings = inspection.inspect();

    assertThat(findings).hasSize(1);
    Finding found = findings.getFirst();
    assertThat(found.kind()).isEqualTo("snapshot-directory");
    assertThat(found.name()).isEqualTo(orphan.toString());
    assertThat(found.bytes()).isGreaterThanOrEqualTo(100_000);
    assertThat(found.owner()).isEqualTo(PLUGIN);
    assertThat(found.since()).isNotNull();
    inspection.mend(found);
    inspection.mend(found);
    assertThat(orphan).doesNotExist();
    assertThat(inspection.inspect()).isEmpty();
    assertThat(index.records()).hasSize(1);
  }

  @Test
  void directory_thatIsMounted_staysAndSaysWhere() throws IOException {
    Path orphan = Files.createDirectories(directories.of(5));
    Path point = Files.createDirectory(temp.resolve("point"));
    Mounts.mount(Mount.of("bind", orphan.toString(), List.of("bind", "rw")), point);
    try {
      Finding found = inspection.inspect().getFirst();

      assertThat(found.reason()).contains(point.toString());
      assertThatThrownBy(() -> inspection.mend(found))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining(point.toString());
    } finally {
      Mounts.unmountAll(point);
    }
    assertThat(orphan).exists();
  }

  @Test
  void stray_ofAnEarlierStart_isFoundAndDeleted() throws IOException {
    Files.createDirectories(directories.of(9));
    directories.reconcile(index);

    Finding found = inspection.inspect().getFirst();
    inspection.mend(found);

    assertThat(Path.of(found.name())).doesNotExist();
    assertThat(found.reason()).contains("set aside");
  }

  @Test
  void record_withoutDirectory_isFoundAndRemoved() throws IOException {
    Files.delete(directories.of(make("ns/1/a/b")));
    make("ns/2/c");

    Finding found = inspection.inspect().getFirst();
    inspection.mend(found);
    inspection.mend(found);

    assertThat(found.kind()).isEqualTo("snapshot-record");
    assertThat(found.owner()).isEqualTo("ns/a/b");
    assertThat(index.records()).extracting(r -> r.info().name()).containsExactly("ns/2/c");
  }

  @Test
  void record_whoseDirectoryIsBack_stays() throws IOException {
    long id = make("ns/1/a");
    Files.delete(directories.of(id));
    Finding found = inspection.inspect().getFirst();
    Files.createDirectory(directories.of(id));

    assertThatThrownBy(() -> inspection.mend(found))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(index.records()).hasSize(1);
  }

  @Test
  void mend_ofAPathElsewhere_isRefused() throws IOException {
    Path elsewhere = Files.createDirectory(temp.resolve("77"));

    assertThatThrownBy(() -> inspection.mend(finding("snapshot-directory", elsewhere.toString())))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> inspection.mend(finding("blob", "x")))
        .isInstanceOf(InvalidArgumentException.class);
    assertThat(elsewhere).exists();
  }

  private static Finding finding(String kind, String name) {
    return new Finding(kind, name, null, -1, "", "", "");
  }
}
