// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.UnavailableException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ingests that end and go on wherever they were, in every algorithm, and many of them at once. */
public interface ResumeContract {
  /** Opens the store of a directory, which may have been used, or be in use, by another. */
  ContentStore open(Path root) throws IOException;

  private static Digest digest(String algorithm, byte[] content) {
    return Digest.of(algorithm, Digest.hasher(algorithm).digest(content));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sha256", "sha384", "sha512"})
  default void resumed_atEveryBoundary_isWhole(String algorithm, @TempDir Path root)
      throws IOException {
    int piece = 128 * 1024;
    byte[] content = Blobs.random(40, 2 * piece + 1);
    Digest expected = digest(algorithm, content);
    ContentStore store = open(root);
    int from = 0;
    for (int to : new int[] {0, 1, 2, piece - 1, piece, piece + 1, 2 * piece, content.length}) {
      try (ContentWriter writer = store.writer(new IngestRequest("a", content.length, expected))) {
        assertThat(writer.status().offset()).isEqualTo(from);
        assertThat(writer.digest()).isEqualTo(digest(algorithm, Blobs.range(content, 0, from)));
        writer.write(ByteBuffer.wrap(content, from, to - from));
        assertThat(writer.digest()).isEqualTo(digest(algorithm, Blobs.range(content, 0, to)));
      }
      from = to;
    }
    try (ContentWriter writer = store.writer(new IngestRequest("a", content.length, expected))) {
      assertThat(writer.commit(content.length, expected, Labels.none())).isEqualTo(expected);
    }
    assertThat(Blobs.get(store, expected)).isEqualTo(content);
    assertThat(store.statuses(Filter.ALL)).isEmpty();
  }

  @Test
  default void resumed_withAnotherTotal_beginsAnew(@TempDir Path root) throws IOException {
    ContentStore store = open(root);
    try (ContentWriter writer = store.writer(new IngestRequest("a", 100, null))) {
      writer.write(ByteBuffer.wrap(Blobs.random(41, 50)));
    }
    try (ContentWriter writer = store.writer(new IngestRequest("a", 0, null))) {
      assertThat(writer.status().offset()).isEqualTo(50);
      assertThat(writer.status().total()).isEqualTo(100);
    }
    try (ContentWriter writer = store.writer(new IngestRequest("a", 200, null))) {
      assertThat(writer.status().offset()).isZero();
      assertThat(writer.status().total()).isEqualTo(200);
    }
  }

  /**
   * Whoever finds the ref locked tries again, as clients do, and goes on where the last one was.
   */
  @Test
  default void oneRefByManyThreads_isWrittenInTurns(@TempDir Path root) throws Exception {
    ContentStore store = open(root);
    byte[] content = Blobs.random(42, 64_000);
    Digest expected = Digest.sha256(content);
    AtomicInteger commits = new AtomicInteger();
    Together.call(
        6,
        thread -> {
          while (step(store, content, expected, commits)) {
            Thread.onSpinWait();
          }
          return true;
        });
    assertThat(commits).hasValue(1);
    assertThat(Blobs.get(store, expected)).isEqualTo(content);
  }

  /** Writes one piece; false once the blob is there. */
  private static boolean step(
      ContentStore store, byte[] content, Digest expected, AtomicInteger commits)
      throws IOException {
    try (ContentWriter writer =
        store.writer(new IngestRequest("shared", content.length, expected))) {
      int from = (int) writer.status().offset();
      int length = Math.min(1000, content.length - from);
      writer.write(ByteBuffer.wrap(content, from, length));
      if (from + length == content.length) {
        writer.commit(content.length, expected, Labels.none());
        commits.incrementAndGet();
        return false;
      }
      return true;
    } catch (UnavailableException locked) {
      return true;
    } catch (AlreadyExistsException done) {
      return false;
    }
  }

  @Test
  default void manyThreads_inThreeAlgorithms_makeEachBlobOnce(@TempDir Path root) throws Exception {
    ContentStore store = open(root);
    List<String> algorithms = List.of("sha256", "sha384", "sha512");
    byte[] content = Blobs.random(43, 200_000);
    AtomicInteger commits = new AtomicInteger();
    Together.call(
        9,
        thread -> {
          Digest expected = digest(algorithms.get(thread % 3), content);
          try (ContentWriter writer =
              store.writer(new IngestRequest("ref" + thread, content.length, expected))) {
            if (writer.status().offset() == 0) {
              writer.write(ByteBuffer.wrap(content));
            }
            writer.commit(content.length, expected, Labels.none());
            return commits.incrementAndGet();
          } catch (AlreadyExistsException another) {
            return 0;
          }
        });
    Set<Digest> found = new HashSet<>();
    store.walk(Filter.ALL, blob -> found.add(blob.digest()));
    assertThat(commits).hasValue(3);
    assertThat(found).hasSize(3);
    for (Digest digest : found) {
      assertThat(Blobs.get(store, digest)).isEqualTo(content);
    }
  }
}
