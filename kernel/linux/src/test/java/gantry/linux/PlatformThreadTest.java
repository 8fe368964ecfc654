// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class PlatformThreadTest {
  @Test
  void call_onVirtualThread_leavesIt() throws Exception {
    AtomicReference<Thread> worker = new AtomicReference<>();

    onVirtualThread(() -> PlatformThread.run("work", () -> worker.set(Thread.currentThread())));

    assertThat(worker.get().isVirtual()).isFalse();
    assertThat(worker.get().getName()).isEqualTo("work");
  }

  @Test
  void call_onPlatformThread_staysThere() throws IOException {
    assertThat(PlatformThread.call("work", Thread::currentThread)).isSameAs(Thread.currentThread());
  }

  @Test
  void call_throwsWhatTheWorkThrows() throws Exception {
    onVirtualThread(
        () -> {
          assertThatThrownBy(
                  () ->
                      PlatformThread.call(
                          "work",
                          () -> {
                            throw new NoSuchFileException("x");
                          }))
              .isInstanceOf(NoSuchFileException.class);
          assertThatThrownBy(
                  () ->
                      PlatformThread.call(
                          "work",
                          () -> {
                            throw new IllegalStateException("y");
                          }))
              .isInstanceOf(IllegalStateException.class);
        });
  }

  @Test
  void interrupt_isKeptUntilTheWorkIsDone() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    AtomicReference<String> outcome = new AtomicReference<>("");
    Thread caller =
        Thread.startVirtualThread(
            () -> {
              try {
                String result = PlatformThread.call("work", () -> work(started, mayEnd));
                outcome.set(result + " " + Thread.currentThread().isInterrupted());
              } catch (IOException e) {
                outcome.set(e.toString());
              }
            });
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

    caller.interrupt();
    mayEnd.countDown();

    assertThat(caller.join(Duration.ofSeconds(10))).isTrue();
    assertThat(outcome.get()).isEqualTo("done true");
  }

  private static String work(CountDownLatch started, CountDownLatch mayEnd) throws IOException {
    started.countDown();
    try {
      return mayEnd.await(10, TimeUnit.SECONDS) ? "done" : "late";
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void onVirtualThread(PlatformThread.Action body) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .unstarted(
                () -> {
                  try {
                    body.run();
                  } catch (IOException | RuntimeException | AssertionError e) {
                    failure.set(e);
                  }
                });
    thread.start();
    assertThat(thread.join(Duration.ofSeconds(10))).isTrue();
    assertThat(failure.get()).isNull();
  }
}
