// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestInspectionTest {
  private static final String REF = "ns/7/layer-x";

  @TempDir Path root;
  private FileContentStore store;

  @BeforeEach
  void open() throws IOException {
    store = new FileContentStore(root);
  }

  private Path begin() throws IOException {
    try (ContentWriter writer = store.writer(new IngestRequest(REF, 0, null))) {
      writer.write(java.nio.ByteBuffer.wrap(new byte[100]));
    }
    return new ContentLayout(root).ingest(REF);
  }

  private static void age(Path ingest) throws IOException {
    Files.setLastModifiedTime(
        ingest.resolve("data"), FileTime.from(Instant.now().minus(Duration.ofDays(2))));
  }

  @Test
  void ingest_ofToday_isNoFinding() throws IOException {
    begin();

    assertThat(store.inspect()).isEmpty();
  }

  @Test
  void ingest_nobodyWroteForADay_isFoundAndDeleted() throws IOException {
    Path ingest = begin();
    age(ingest);

    Finding found = store.inspect().getFirst();
    store.mend(found);
    store.mend(found);

    assertThat(found.kind()).isEqualTo("ingest");
    assertThat(found.owner()).isEqualTo("ns/layer-x");
    assertThat(found.bytes()).isEqualTo(100);
    assertThat(ingest).doesNotExist();
  }

  @Test
  void oldIngest_withAWriter_isNoFindingAndStays() throws IOException {
    Path ingest = begin();
    age(ingest);
    Finding found = store.inspect().getFirst();
    try (ContentWriter _ = store.writer(new IngestRequest(REF, 0, null))) {
      age(ingest);

      assertThat(store.inspect()).isEmpty();
      assertThatThrownBy(() -> store.mend(found)).isInstanceOf(FailedPreconditionException.class);
    }
    assertThat(ingest).exists();
  }

  @Test
  void ingest_writtenSinceItWasFound_stays() throws IOException {
    Path ingest = begin();
    age(ingest);
    Finding found = store.inspect().getFirst();
    Files.setLastModifiedTime(ingest.resolve("data"), FileTime.from(Instant.now()));

    assertThatThrownBy(() -> store.mend(found)).isInstanceOf(FailedPreconditionException.class);
    assertThat(ingest).exists();
  }

  @Test
  void ingest_thatIsNotWhole_isFoundThoughNoListingShowsIt() throws IOException {
    Path ingest = begin();
    Files.delete(ingest.resolve("data"));

    assertThat(store.statuses(status -> true)).isEmpty();
    Finding found = store.inspect().getFirst();
    store.mend(found);

    assertThat(ingest).doesNotExist();
  }

  @Test
  void mend_ofAPathElsewhere_isRefused() throws IOException {
    Path elsewhere = Files.createDirectory(root.resolve("elsewhere"));
    Finding forged = new Finding("ingest", elsewhere.toString(), null, -1, "", "", "");

    assertThatThrownBy(() -> store.mend(forged)).isInstanceOf(InvalidArgumentException.class);
    assertThat(elsewhere).exists();
  }
}
