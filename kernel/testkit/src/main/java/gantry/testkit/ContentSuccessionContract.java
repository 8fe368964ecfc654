// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import gantry.content.ContentStore;
import gantry.content.ContentWriter;
import gantry.content.IngestRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.filters.Filter;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a {@link ContentStore} must bear to be replaced while clients work: versions that come,
 * serve and go on one directory, each opened while the one before is at work.
 */
public interface ContentSuccessionContract {
  /** Opens the store of a directory that may be in use by another. */
  ContentStore open(Path root) throws IOException;

  /** Closes a version, if that does anything. */
  default void close(ContentStore version) throws Exception {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  default void versionsUnderLoad_loseNothing(long seed, @TempDir Path root) throws Exception {
    Succession<ContentStore> versions = new Succession<>(open(root));
    ContentStore store = versions.proxy(ContentStore.class);
    int clients = 4;
    AtomicInteger busy = new AtomicInteger(clients);
    Together.call(
        clients + 1,
        thread -> {
          if (thread < clients) {
            try {
              new Client(store, "c" + thread, new Random(seed * 31 + thread)).work(60);
            } finally {
              busy.decrementAndGet();
            }
          }
          while (thread == clients && busy.get() > 0) {
            versions.replace(open(root), this::close);
          }
          return thread;
        });

    assertThat(store.statuses(Filter.ALL)).isEmpty();
    Set<Digest> left = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    store.walk(Filter.ALL, blob -> left.add(blob.digest()));
    for (Digest digest : left) {
      assertThat(Digest.sha256(Blobs.get(store, digest))).isEqualTo(digest);
    }
    close(versions.current());
  }

  @Test
  default void writer_ofOneVersion_keepsTheRefFromTheNext(@TempDir Path root) throws Exception {
    byte[] content = Blobs.random(7, 100_000);
    ContentStore first = open(root);
    ContentWriter writer = first.writer(new IngestRequest("ref", content.length, null));
    writer.write(ByteBuffer.wrap(content, 0, 50_000));
    ContentStore second = open(root);
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> second.writer(new IngestRequest("ref", content.length, null)));
    close(first);
    writer.write(ByteBuffer.wrap(content, 50_000, 25_000));
    writer.close();

    try (ContentWriter resumed = second.writer(new IngestRequest("ref", content.length, null))) {
      assertThat(resumed.status().offset()).isEqualTo(75_000);
      resumed.write(ByteBuffer.wrap(content, 75_000, 25_000));
      resumed.commit(content.length, Digest.sha256(content), Labels.none());
    }
    assertThat(Blobs.get(second, Digest.sha256(content))).isEqualTo(content);
    close(second);
  }

  @Test
  default void writer_ofAVersionThatIsClosed_commits(@TempDir Path root) throws Exception {
    byte[] content = Blobs.random(8, 1000);
    ContentStore first = open(root);
    try (ContentWriter writer = first.writer(new IngestRequest("ref", 0, null))) {
      ContentStore second = open(root);
      close(first);
      writer.write(ByteBuffer.wrap(content));
      Digest digest = writer.commit(content.length, null, Labels.none());

      assertThat(Blobs.get(second, digest)).isEqualTo(content);
      close(second);
    }
  }

  /** One who writes, resumes, aborts, reads and deletes, blobs of which some are others' too. */
  final class Client {
    private final ContentStore store;
    private final String name;
    private final Random random;
    private int next;

    Client(ContentStore store, String name, Random random) {
      this.store = store;
      this.name = name;
      this.random = random;
    }

    void work(int steps) throws IOException {
      for (int i = 0; i < steps; i++) {
        String ref = name + "-" + next++;
        switch (random.nextInt(4)) {
          case 0 -> abort(ref);
          case 1 -> own(ref);
          default -> shared(ref);
        }
      }
    }

    private void abort(String ref) throws IOException {
      Blobs.begin(store, ref, Blobs.random(random.nextLong(), 5000));
      assertThat(store.status(ref).offset()).isEqualTo(5000);
      store.abort(ref);
      assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> store.status(ref));
    }

    private void own(String ref) throws IOException {
      byte[] content = Blobs.random(random.nextLong(), 5000);
      Blobs.begin(store, ref, Blobs.range(content, 0, 2000));
      Digest digest = Digest.sha256(content);
      try (ContentWriter writer = store.writer(new IngestRequest(ref, 0, null))) {
        assertThat(writer.status().offset()).isEqualTo(2000);
        writer.write(ByteBuffer.wrap(content, 2000, 3000));
        writer.commit(5000, digest, Labels.none());
      }
      assertThat(Blobs.get(store, digest)).isEqualTo(content);
      if (random.nextBoolean()) {
        store.delete(digest);
        assertThatExceptionOfType(NotFoundException.class).isThrownBy(() -> store.info(digest));
      }
    }

    private void shared(String ref) throws IOException {
      byte[] content = Blobs.random(random.nextInt(10), 5000);
      try {
        Blobs.put(store, ref, content);
      } catch (AlreadyExistsException e) {
        assertThat(e).hasMessageContaining(Digest.sha256(content).hex());
      }
      assertThat(Blobs.get(store, Digest.sha256(content))).isEqualTo(content);
    }
  }
}
