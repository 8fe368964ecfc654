// SPDX-License-Identifier: Apache-2.0
package gantry.linux.safe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.linux.Fd;
import gantry.linux.Pipe;
import gantry.linux.Poll;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SafeTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @TempDir Path dir;
  private Path path;
  private Safe safe;

  @BeforeEach
  void open() throws IOException {
    path = dir.resolve("safe.sock");
    safe = new Safe(path, 4);
  }

  @AfterEach
  void close() {
    safe.close();
  }

  /** Puts the write end, of which the caller keeps none. */
  private static Fd put(SafeClient owner, String name) throws IOException {
    Pipe pipe = Pipe.open();
    owner.put(name, "label of " + name, List.of(pipe.write()));
    pipe.write().close();
    return pipe.read();
  }

  /** Whether nobody has the other end any more, as soon as that is so. */
  private static boolean ends(Fd read) throws IOException {
    return Poll.await(read, Poll.READABLE, LONG) == Poll.HANGUP;
  }

  @Test
  void descriptors_areThereForTheNextOwner() throws Exception {
    Fd read;
    try (SafeClient owner = SafeClient.connect(path)) {
      read = put(owner, "a");
    }
    try (SafeClient next = SafeClient.connect(path);
        Kept kept = next.take("a").orElseThrow()) {
      assertThat(kept.label()).isEqualTo("label of a");
      kept.descriptors().getFirst().write(new byte[] {7}, 0, 1);
      byte[] bytes = new byte[1];
      assertThat(read.read(bytes, 0, 1)).isEqualTo(1);
      assertThat(bytes[0]).isEqualTo((byte) 7);
      assertThat(next.take("b")).isEmpty();
    }
    read.close();
  }

  @Test
  void sweep_dropsWhatTheNewOwnerDidNotPut() throws Exception {
    try (SafeClient owner = SafeClient.connect(path)) {
      put(owner, "a").close();
      try (Fd read = put(owner, "b");
          SafeClient next = SafeClient.connect(path)) {
        Fd again = put(next, "a");
        next.sweep();
        assertThat(ends(read)).isTrue();
        assertThat(next.take("b")).isEmpty();
        next.take("a").orElseThrow().close();
        again.close();
      }
    }
  }

  @Test
  void droppedAndReplacedDescriptors_areClosed() throws Exception {
    try (SafeClient owner = SafeClient.connect(path);
        Fd first = put(owner, "a");
        Fd second = put(owner, "a")) {
      assertThat(ends(first)).isTrue();
      owner.drop("a");
      assertThat(ends(second)).isTrue();
    }
  }

  @Test
  void fullSafe_refusesAndGoesOn() throws Exception {
    try (SafeClient owner = SafeClient.connect(path)) {
      for (String name : List.of("a", "b", "c", "d")) {
        put(owner, name).close();
      }
      assertThatThrownBy(() -> put(owner, "e")).hasMessageContaining("full");
      assertThat(owner.isCurrent()).isTrue();
      owner.drop("a");
      put(owner, "e").close();
    }
  }

  @Test
  void close_letsGoOfEverything() throws Exception {
    try (SafeClient owner = SafeClient.connect(path);
        Fd read = put(owner, "a")) {
      try (Safe another = new Safe(path, 4)) {
        assertThat(owner.isCurrent()).isFalse();
        safe.close();
        assertThat(ends(read)).isTrue();
        assertThat(path).exists();
        assertThat(another.size()).isZero();
      }
    }
    assertThat(path).doesNotExist();
  }
}
