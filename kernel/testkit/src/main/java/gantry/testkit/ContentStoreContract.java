// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import gantry.content.BlobInfo;
import gantry.content.ContentReader;
import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.content.IngestStatus;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every {@link ContentStore} must do with blobs. Implement {@link #open} and inherit the
 * cases; {@link IngestContract} has those of the writer.
 */
public interface ContentStoreContract {
  /** Opens the store of a directory, which may have been used, or be in use, by another. */
  ContentStore open(Path root) throws IOException;

  @Test
  default void info_ofCommitted_tellsDigestSizeAndTime(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Instant before = Instant.now();

    Digest digest = Blobs.put(store, "a", Blobs.random(1, 5000));

    BlobInfo info = store.info(digest);
    assertThat(info.digest()).isEqualTo(digest);
    assertThat(info.size()).isEqualTo(5000);
    assertThat(info.createdAt()).isBetween(before.minus(Duration.ofSeconds(1)), Instant.now());
    assertThat(info.updatedAt()).isAfterOrEqualTo(info.createdAt());
  }

  @Test
  default void info_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Digest digest = Digest.sha256(Blobs.random(1, 10));

    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> store.info(digest))
        .withMessageContaining(digest.toString())
        .withMessageContaining("not found");
  }

  @Test
  default void reader_readsAnyRange(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(2, 300_000);
    Digest digest = Blobs.put(store, "a", content);

    try (ContentReader reader = store.reader(digest)) {
      assertThat(reader.size()).isEqualTo(content.length);
      for (int offset : new int[] {0, 1, 4096, 299_990}) {
        ByteBuffer target = ByteBuffer.allocate(10);
        assertThat(reader.read(target, offset)).isEqualTo(10);
        assertThat(target.array()).isEqualTo(Blobs.range(content, offset, offset + 10));
      }
    }
  }

  @Test
  default void reader_atEnd_hasNoMore(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Digest digest = Blobs.put(store, "a", Blobs.random(2, 100));

    try (ContentReader reader = store.reader(digest)) {
      assertThat(reader.read(ByteBuffer.allocate(10), 95)).isEqualTo(5);
      assertThat(reader.read(ByteBuffer.allocate(10), 100)).isEqualTo(-1);
      assertThat(reader.read(ByteBuffer.allocate(10), 5000)).isEqualTo(-1);
    }
  }

  @Test
  default void reader_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> store.reader(Digest.sha256(new byte[0])));
  }

  @Test
  default void reader_usedByManyThreads_readsTheSame(@TempDir Path root) throws Exception {
    ContentStore store = open(root);
    byte[] content = Blobs.random(3, 1 << 20);
    Digest digest = Blobs.put(store, "a", content);

    try (ContentReader reader = store.reader(digest)) {
      List<Digest> seen =
          Together.call(16, thread -> Digest.sha256(Blobs.read(reader, 1000 + 100 * thread)));
      assertThat(seen).containsOnly(digest);
    }
  }

  @Test
  default void delete_removes(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Digest digest = Blobs.put(store, "a", Blobs.random(4, 100));
    Digest other = Blobs.put(store, "b", Blobs.random(5, 100));

    store.delete(digest);

    assertThatThrownBy(() -> store.info(digest)).isInstanceOf(NotFoundException.class);
    assertThat(store.info(other).size()).isEqualTo(100);
  }

  @Test
  default void delete_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> store.delete(Digest.sha256(new byte[0])));
  }

  @Test
  default void deleted_canBeWrittenAgain(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(6, 100);
    Digest digest = Blobs.put(store, "a", content);
    store.delete(digest);

    assertThat(Blobs.put(store, "a", content)).isEqualTo(digest);
    assertThat(Blobs.get(store, digest)).isEqualTo(content);
  }

  @Test
  default void walk_showsWhatTheFilterMatches(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Digest small = Blobs.put(store, "a", Blobs.random(7, 10));
    Digest large = Blobs.put(store, "b", Blobs.random(8, 1000));

    assertThat(walk(store, Filter.ALL)).containsExactlyInAnyOrder(small, large);
    assertThat(walk(store, blob -> blob.field(List.of("size")).equals(Optional.of("10"))))
        .containsExactly(small);
    assertThat(
            walk(
                store, blob -> blob.field(List.of("digest")).equals(Optional.of(large.toString()))))
        .containsExactly(large);
  }

  @Test
  default void walk_ofNothing_showsNothing(@TempDir Path root) throws IOException {
    assertThat(walk(open(root), Filter.ALL)).isEmpty();
  }

  @Test
  default void reopened_hasWhatWasCommitted(@TempDir Path root) throws IOException {
    byte[] content = Blobs.random(9, 70_000);
    Digest digest = Blobs.put(open(root), "a", content);

    assertThat(Blobs.get(open(root), digest)).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha384", "sha512"})
  default void commit_inAnyAlgorithm_isReadable(String algorithm, @TempDir Path root)
      throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(10, 1234);
    Digest expected = Digest.of(algorithm, Digest.hasher(algorithm).digest(content));

    try (ContentWriter writer = store.writer(new IngestRequest("a", 1234, expected))) {
      writer.write(ByteBuffer.wrap(content));
      assertThat(writer.digest()).isEqualTo(expected);
      assertThat(writer.commit(1234, expected, Labels.none())).isEqualTo(expected);
    }

    assertThat(Blobs.get(store, expected)).isEqualTo(content);
    assertThat(walk(store, Filter.ALL)).containsExactly(expected);
  }

  @Test
  default void commit_inAnotherAlgorithmThanOpened_isHashedAnew(@TempDir Path root)
      throws IOException {
    ContentStore store = open(root);
    byte[] content = Blobs.random(11, 400_000);
    Digest expected = Digest.of("sha512", Digest.hasher("sha512").digest(content));

    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      writer.write(ByteBuffer.wrap(content));
      writer.commit(0, expected, Labels.none());
    }

    assertThat(Blobs.get(store, expected)).isEqualTo(content);
  }

  @Test
  default void commit_ofNothing_makesTheEmptyBlob(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    Digest digest = Blobs.put(store, "a", new byte[0]);

    assertThat(digest).isEqualTo(Digest.sha256(new byte[0]));
    assertThat(store.info(digest).size()).isZero();
    assertThat(Blobs.get(store, digest)).isEmpty();
  }

  @Test
  default void commit_ofOneDigestByManyThreads_succeedsOnce(@TempDir Path root) throws Exception {
    ContentStore store = open(root);
    byte[] content = Blobs.random(12, 50_000);

    List<Boolean> made =
        Together.call(
            16,
            thread -> {
              try {
                Blobs.put(store, "ref-" + thread, content);
                return true;
              } catch (AlreadyExistsException e) {
                return false;
              }
            });

    assertThat(made).containsOnlyOnce(true);
    assertThat(Blobs.get(store, Digest.sha256(content))).isEqualTo(content);
    assertThat(store.statuses(Filter.ALL)).isEmpty();
  }

  @Test
  default void manyThreads_ingestTheirOwn(@TempDir Path root) throws Exception {
    ContentStore store = open(root);

    List<Digest> digests =
        Together.call(
            16, thread -> Blobs.put(store, "ref-" + thread, Blobs.random(100 + thread, 20_000)));

    assertThat(walk(store, Filter.ALL)).containsExactlyInAnyOrderElementsOf(digests);
    for (int i = 0; i < digests.size(); i++) {
      assertThat(Blobs.get(store, digests.get(i))).isEqualTo(Blobs.random(100 + i, 20_000));
    }
  }

  @Test
  default void statuses_showsWhatTheFilterMatches(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    Blobs.begin(store, "one", Blobs.random(13, 10));
    Blobs.begin(store, "two", Blobs.random(14, 20));

    assertThat(store.statuses(Filter.ALL))
        .extracting(IngestStatus::ref, IngestStatus::offset)
        .containsExactlyInAnyOrder(tuple("one", 10L), tuple("two", 20L));
    assertThat(store.statuses(ingest -> ingest.field(List.of("ref")).orElse("").equals("two")))
        .extracting(IngestStatus::ref)
        .containsExactly("two");
  }

  @Test
  default void status_ofUnknown_isNotFound(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    assertThatExceptionOfType(NotFoundException.class)
        .isThrownBy(() -> store.status("nothing"))
        .withMessageContaining("nothing");
  }

  @Test
  default void writer_withoutRef_isRefused(@TempDir Path root) throws IOException {
    ContentStore store = open(root);

    assertThatExceptionOfType(InvalidArgumentException.class)
        .isThrownBy(() -> store.writer(new IngestRequest("", 0, null)));
  }

  /** What a walk shows. */
  private static List<Digest> walk(ContentStore store, Filter filter) throws IOException {
    List<Digest> digests = new ArrayList<>();
    store.walk(filter, info -> digests.add(info.digest()));
    return digests;
  }
}
