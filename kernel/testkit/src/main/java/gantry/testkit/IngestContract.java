// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link ContentWriter} must do, and the store while one is open. */
public interface IngestContract {
  /** Opens the store of a directory, which may have been used, or be in use, by another. */
  ContentStore open(Path root) throws IOException;

  @Test
  default void writer_ofNewRef_beginsAtZero(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 77, null))) {
      IngestStatus status = writer.status();
      assertThat(status.ref()).isEqualTo("a");
      assertThat(status.offset()).isZero();
      assertThat(status.total()).isEqualTo(77);
      assertThat(writer.digest()).isEqualTo(Digest.sha256(new byte[0]));
      assertThat(store.status("a").offset()).isZero();
      assertThat(store.status("a").total()).isEqualTo(77);
    }
  }

  @Test
  default void write_movesOffsetAndDigest(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(1, 700_000);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      IngestStatus before = writer.status();
      writer.write(ByteBuffer.wrap(content, 0, 400_000));
      assertThat(writer.digest()).isEqualTo(Digest.sha256(Blobs.range(content, 0, 400_000)));
      ByteBuffer rest = ByteBuffer.wrap(content, 400_000, 300_000).asReadOnlyBuffer();
      writer.write(rest);

      assertThat(rest.remaining()).isZero();
      assertThat(writer.digest()).isEqualTo(Digest.sha256(content));
      assertThat(writer.status().offset()).isEqualTo(700_000);
      assertThat(writer.status().startedAt()).isEqualTo(before.startedAt());
      assertThat(writer.status().updatedAt()).isAfterOrEqualTo(before.updatedAt());
      assertThat(store.status("a").offset()).isEqualTo(700_000);
    }
  }

  @Test
  default void written_showsWhatWasWrittenAndOutlivesTheCommit(@TempDir Path root)
      throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(1, 300_000);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null));
        ContentReader reader = writer.written()) {
      assertThat(reader.size()).isZero();
      assertThat(reader.read(ByteBuffer.allocate(10), 0)).isEqualTo(-1);
      writer.write(ByteBuffer.wrap(content, 0, 100_000));
      assertThat(reader.size()).isEqualTo(100_000);
      assertThat(Blobs.read(reader, 64 * 1024)).isEqualTo(Blobs.range(content, 0, 100_000));
      writer.write(ByteBuffer.wrap(content, 100_000, 200_000));
      writer.commit(300_000, Digest.sha256(content), Labels.none());

      assertThat(reader.size()).isEqualTo(300_000);
      assertThat(Blobs.read(reader, 64 * 1024)).isEqualTo(content);
    }
  }

  @Test
  default void written_ofResumedIngest_beginsWithWhatWasThere(@TempDir Path root)
      throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(1, 1000);
    Blobs.begin(store, "a", Blobs.range(content, 0, 600));

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null));
        ContentReader reader = writer.written()) {
      assertThat(Blobs.read(reader, 100)).isEqualTo(Blobs.range(content, 0, 600));
    }
  }

  @Test
  default void write_isNotABlobBeforeCommit(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(1, 100);

    Blobs.begin(store, "a", content);

    assertThatThrownBy(() -> store.info(Digest.sha256(content)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  default void writer_ofOpenRef_isUnavailable(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().offset()).isZero();
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> store.writer(new IngestRequest("a", 0, null)))
          .withMessageContaining("ref a locked");
      Blobs.begin(store, "another", new byte[1]);
    }

    Blobs.begin(store, "a", new byte[1]);
  }

  @Test
  default void writer_ofRefOpenInAnotherInstance_isUnavailable(@TempDir Path root)
      throws IOException {
    ContentStore oldVersion = open(root);
    ContentStore newVersion = open(root);

    try (ContentWriter writer = oldVersion.writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(new byte[10]));
      assertThatExceptionOfType(UnavailableException.class)
          .isThrownBy(() -> newVersion.writer(new IngestRequest("a", 0, null)));
    }

    try (ContentWriter writer = newVersion.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().offset()).isEqualTo(10);
    }
  }

  @Test
  default void writer_ofOneRefByManyThreads_isOpenOnce(@TempDir Path root) throws Exception {
    ContentStore store = open(root);

    List<Boolean> opened =
        Together.call(
            16,
            thread -> {
              try {
                // Left open on purpose: the test's directory goes away with it.
                return store.writer(new IngestRequest("a", 0, null)).status().offset() == 0;
              } catch (UnavailableException e) {
                return false;
              }
            });

    assertThat(opened).containsOnlyOnce(true);
  }

  @Test
  default void writer_ofExpectedThatExists_isRefused(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Digest digest = Blobs.put(store, "a", Blobs.random(1, 100));

    assertThatExceptionOfType(AlreadyExistsException.class)
        .isThrownBy(() -> store.writer(new IngestRequest("b", 100, digest)))
        .withMessageContaining("already exists");
    assertThat(store.statuses(Filter.ALL)).isEmpty();
  }

  @Test
  default void closed_canBeResumed(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(2, 600_000);
    Blobs.begin(store, "a", Blobs.range(content, 0, 250_001));

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().offset()).isEqualTo(250_001);
      assertThat(writer.digest()).isEqualTo(Digest.sha256(Blobs.range(content, 0, 250_001)));
      writer.write(ByteBuffer.wrap(content, 250_001, content.length - 250_001));
      writer.commit(content.length, Digest.sha256(content), Labels.none());
    }

    assertThat(Blobs.get(store, Digest.sha256(content))).isEqualTo(content);
  }

  @Test
  default void closed_canBeResumedByAnotherInstance(@TempDir Path root) throws IOException {
    byte[] content = Blobs.random(2, 1000);
    Blobs.begin(open(root), "a", Blobs.range(content, 0, 10));
    ContentStore reopened = open(root);
    IngestStatus kept = reopened.status("a");

    assertThat(kept.offset()).isEqualTo(10);
    try (ContentWriter writer = reopened.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().startedAt()).isEqualTo(kept.startedAt());
      writer.write(ByteBuffer.wrap(content, 10, 990));
      writer.commit(1000, Digest.sha256(content), Labels.none());
    }
  }

  @Test
  default void closed_refusesMore(@TempDir Path root) throws IOException {
    ContentWriter writer = open(root).writer(new IngestRequest("a", 0, null));
    writer.close();
    writer.close();

    assertThatExceptionOfType(FailedPreconditionException.class)
        .isThrownBy(() -> writer.write(ByteBuffer.allocate(1)));
    assertThatExceptionOfType(FailedPreconditionException.class)
        .isThrownBy(() -> writer.commit(0, null, Labels.none()));
  }

  @Test
  default void truncate_toZero_beginsAnew(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(3, 300);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(Blobs.random(4, 5000)));
      writer.truncate(0);
      assertThat(writer.status().offset()).isZero();
      assertThat(writer.digest()).isEqualTo(Digest.sha256(new byte[0]));
      writer.write(ByteBuffer.wrap(content));
      writer.commit(300, Digest.sha256(content), Labels.none());
    }

    assertThat(Blobs.get(store, Digest.sha256(content))).isEqualTo(content);
  }

  @Test
  default void truncate_ofResumed_beginsAnew(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(3, 300);
    Blobs.begin(store, "a", Blobs.random(4, 5000));

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      writer.truncate(0);
      writer.write(ByteBuffer.wrap(content));
      assertThat(writer.commit(0, null, Labels.none())).isEqualTo(Digest.sha256(content));
    }
  }

  @Test
  default void truncate_toMore_isUnimplemented(@TempDir Path root) throws IOException {
    try (ContentWriter writer = open(root).writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(new byte[10]));

      assertThatExceptionOfType(UnimplementedException.class).isThrownBy(() -> writer.truncate(20));
      assertThat(writer.status().offset()).isEqualTo(10);
    }
  }

  @Test
  default void commit_endsTheIngest(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    Blobs.put(store, "a", Blobs.random(5, 10));

    assertThatThrownBy(() -> store.status("a")).isInstanceOf(NotFoundException.class);
    assertThat(store.statuses(Filter.ALL)).isEmpty();
  }

  @Test
  default void commit_withWrongSize_keepsTheIngest(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(6, 100);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(content));
      assertThatExceptionOfType(FailedPreconditionException.class)
          .isThrownBy(() -> writer.commit(99, Digest.sha256(content), Labels.none()))
          .withMessageContaining("unexpected commit size 100, expected 99");
    }

    assertNothingMade(store, content);
  }

  @Test
  default void commit_withWrongDigest_keepsTheIngest(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(6, 100);
    Digest wrong = Digest.sha256(Blobs.random(7, 100));

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(content));
      assertThatExceptionOfType(FailedPreconditionException.class)
          .isThrownBy(() -> writer.commit(100, wrong, Labels.none()))
          .withMessageContaining("unexpected commit digest")
          .withMessageContaining(wrong.toString());
    }

    assertThatThrownBy(() -> store.info(wrong)).isInstanceOf(NotFoundException.class);
    assertNothingMade(store, content);
  }

  /** There is no blob, and the ingest can still become one. */
  private static void assertNothingMade(ContentStore store, byte[] content) throws IOException {
    Digest digest = Digest.sha256(content);
    assertThatThrownBy(() -> store.info(digest)).isInstanceOf(NotFoundException.class);
    assertThat(store.status("a").offset()).isEqualTo(content.length);
    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.commit(content.length, digest, Labels.none())).isEqualTo(digest);
    }
    assertThat(Blobs.get(store, digest)).isEqualTo(content);
  }

  @Test
  default void commit_ofExisting_isRefusedAndEndsTheIngest(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(8, 100);
    Digest digest = Blobs.put(store, "a", content);

    try (ContentWriter writer = store.writer(new IngestRequest("b", 0, null))) {
      writer.write(ByteBuffer.wrap(content));
      assertThatExceptionOfType(AlreadyExistsException.class)
          .isThrownBy(() -> writer.commit(100, null, Labels.none()))
          .withMessageContaining(digest.toString());
    }

    assertThatThrownBy(() -> store.status("b")).isInstanceOf(NotFoundException.class);
    assertThat(Blobs.get(store, digest)).isEqualTo(content);
    Blobs.put(store, "b", Blobs.random(9, 100));
  }

  @Test
  default void abort_dropsTheBytes(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Blobs.begin(store, "a", Blobs.random(10, 100));

    store.abort("a");

    assertThat(store.statuses(Filter.ALL)).isEmpty();
    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().offset()).isZero();
    }
  }

  @Test
  default void abort_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> store.abort("nothing"))
        .withMessageContaining("nothing");
  }

  @Test
  default void abort_whileOpen_letsNothingBecomeABlob(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(11, 100);

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(content));
      store.abort("a");

      assertThatThrownBy(() -> writer.commit(100, null, Labels.none()))
          .isInstanceOf(GantryException.class);
    }

    assertThat(store.statuses(Filter.ALL)).isEmpty();
    assertThatThrownBy(() -> store.info(Digest.sha256(content)))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  default void abort_whileOpen_doesNotTouchTheNextOfThatRef(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(12, 100);

    try (ContentWriter aborted = store.writer(new IngestRequest("a", 0, null))) {
      aborted.write(ByteBuffer.wrap(Blobs.random(13, 50)));
      store.abort("a");
      Blobs.begin(store, "a", content);
      assertThatThrownBy(() -> aborted.commit(0, null, Labels.none()))
          .isInstanceOf(GantryException.class);
    }

    assertThat(store.status("a").offset()).isEqualTo(100);
    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.commit(0, null, Labels.none())).isEqualTo(Digest.sha256(content));
    }
  }
}
