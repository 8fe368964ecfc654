// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
  @TempDir Path root;
  private House house;

  @BeforeEach
  void open() {
    house = new House(root);
  }

  @AfterEach
  void close() {
    house.close();
  }

  private static Digest put(ContentStore store, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (ContentWriter writer = store.writer(new IngestRequest("of " + text, 0, null))) {
      writer.write(ByteBuffer.wrap(bytes));
      return writer.commit(bytes.length, null, Labels.none());
    }
  }

  private Finding only() throws IOException {
    List<Finding> findings = house.metadata.inspect();
    assertThat(findings).hasSize(1);
    return findings.getFirst();
  }

  private void mendTwice(Finding finding) throws IOException {
    house.metadata.mend(finding);
    house.metadata.mend(finding);
    assertThat(house.metadata.inspect()).isEmpty();
  }

  @Test
  void recordsAndStores_thatAgree_giveNoFinding() throws IOException {
    house.layer("base", "");
    house.snapshots().prepare("top", "base", Labels.none());
    put(house.scope().content(), "blob");

    assertThat(house.metadata.inspect()).isEmpty();
  }

  @Test
  void snapshotData_withoutRecord_areFoundAndRemoved() throws IOException {
    house.layer("base", "");
    house.rawSnapshotter.prepare("ns/99/lost", "", Labels.none());

    Finding found = only();

    assertThat(found.kind()).isEqualTo("snapshot-data");
    assertThat(found.owner()).isEqualTo("ns/lost");
    mendTwice(found);
    assertThat(house.snapshots().stat("base").name()).isEqualTo("base");
  }

  @Test
  void snapshotData_withARecord_stay() throws IOException {
    house.layer("base", "");
    house.rawSnapshotter.walk(
        info -> true,
        info -> {
          Finding forged =
              new Finding("snapshot-data", "overlayfs/" + info.name(), null, -1, "", "", "");
          assertThatThrownBy(() -> house.metadata.mend(forged))
              .isInstanceOf(FailedPreconditionException.class);
        });
    assertThat(house.snapshots().stat("base").name()).isEqualTo("base");
  }

  @Test
  void snapshotRecord_withoutData_isFoundAndRemoved() throws IOException {
    house.layer("base", "");
    house.snapshots().prepare("gone", "base", Labels.none());
    removeRaw("/gone");

    Finding found = only();

    assertThat(found.kind()).isEqualTo("snapshot-metadata");
    assertThat(found.owner()).isEqualTo("test/gone");
    mendTwice(found);
    assertThatThrownBy(() -> house.snapshots().stat("gone")).isInstanceOf(NotFoundException.class);
    assertThat(house.snapshots().stat("base").name()).isEqualTo("base");
  }

  private void removeRaw(String end) throws IOException {
    List<String> names = new java.util.ArrayList<>();
    house.rawSnapshotter.walk(info -> true, info -> names.add(info.name()));
    names.removeIf(name -> !name.endsWith(end));
    assertThat(names).hasSize(1);
    house.rawSnapshotter.remove(names.getFirst());
  }

  @Test
  void blob_withoutRecord_isFoundAndDeleted() throws IOException {
    Digest kept = put(house.scope().content(), "kept");
    Digest lost = put(house.rawContent, "lost");

    Finding found = only();

    assertThat(found.kind()).isEqualTo("blob");
    assertThat(found.name()).isEqualTo(lost.toString());
    assertThat(found.bytes()).isEqualTo(4);
    mendTwice(found);
    assertThat(house.scope().content().info(kept).size()).isEqualTo(4);
    Finding forged = new Finding("blob", kept.toString(), null, -1, "", "", "");
    assertThatThrownBy(() -> house.metadata.mend(forged))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void blobRecord_withoutBytes_isFoundAndRemoved() throws IOException {
    Digest lost = put(house.scope().content(), "lost");
    house.rawContent.delete(lost);

    Finding found = only();

    assertThat(found.kind()).isEqualTo("blob-metadata");
    assertThat(found.owner()).isEqualTo("test/" + lost);
    mendTwice(found);
    assertThat(put(house.scope().content(), "lost")).isEqualTo(lost);
    assertThatThrownBy(() -> house.metadata.mend(found))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void mend_ofAnotherKind_isRefused() {
    Finding forged = new Finding("cgroup", "x", null, -1, "", "", "");

    assertThatThrownBy(() -> house.metadata.mend(forged))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
