// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.linux.Flock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EndingTest {
  private static final Duration GRACE = Duration.ofMillis(40);

  @TempDir Path dir;

  private Path starts() throws Exception {
    return Files.createFile(dir.resolve("starts"));
  }

  @Test
  void supervisorOfADaemon_endsWhenToldWithoutTasks() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    Ending ending = new Ending(null, () -> asked.incrementAndGet() > 1, GRACE);
    Thread waiting = Thread.ofVirtual().start(() -> await(ending));
    ending.told();
    assertThat(waiting.isAlive()).isTrue();
    ending.told();
    waiting.join();
    assertThat(asked).hasValue(2);
  }

  @Test
  void shim_endsWhenItWasIdleForAWhile_andKeepsOthersFromStartingUntilThen() throws Exception {
    Path starts = starts();
    CountDownLatch looks = new CountDownLatch(5);
    Ending ending =
        new Ending(
            starts,
            () -> {
              looks.countDown();
              return looks.getCount() == 0;
            },
            GRACE);
    ending.await(() -> false);
    assertThat(looks.getCount()).isZero();
    assertThat(Flock.tryLock(starts)).isEmpty();
    ending.release();
    assertThat(Flock.tryLock(starts)).isPresent();
  }

  @Test
  void shim_staysWhileATaskIsAboutToStart() throws Exception {
    Path starts = starts();
    CountDownLatch looks = new CountDownLatch(3);
    Ending ending =
        new Ending(
            starts,
            () -> {
              looks.countDown();
              return true;
            },
            GRACE);
    Optional<Flock> starter = Flock.tryLock(starts);
    Thread waiting = Thread.ofVirtual().start(() -> await(ending));
    looks.await();
    assertThat(waiting.isAlive()).isTrue();
    starter.orElseThrow().close();
    waiting.join();
    ending.release();
  }

  @Test
  void shim_seesThatATaskWasStartedWhileItLooked() throws Exception {
    Path starts = starts();
    AtomicInteger looks = new AtomicInteger();
    Ending ending =
        new Ending(
            starts,
            () -> {
              if (looks.incrementAndGet() < 10) {
                touch(starts, looks.get());
              }
              return true;
            },
            GRACE);
    ending.await(() -> false);
    assertThat(looks.get()).isGreaterThanOrEqualTo(10);
    ending.release();
  }

  private static void touch(Path file, int when) {
    try {
      Files.setLastModifiedTime(file, FileTime.fromMillis(when * 1000L));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void await(Ending ending) {
    try {
      ending.await(() -> false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
