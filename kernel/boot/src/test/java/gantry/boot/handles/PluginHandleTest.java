// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.boot.handles.HandleRig.Work;
import gantry.errors.DeadlineExceededException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PluginHandleTest {
  private static final String PLUGIN = "test.work.v1.plain";
  private static final Duration SOON = Duration.ofMillis(30);

  private final HandleRig rig = new HandleRig();
  private final CountDownLatch release = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    rig.close();
  }

  @Test
  void callThatOutlastsItsDeadline_isInterruptedAndNamesThePlugin() {
    PluginHandle<Work> handle = rig.serving(PLUGIN);

    assertThatExceptionOfType(DeadlineExceededException.class)
        .isThrownBy(() -> handle.within(SOON).call(work -> work.hang(release)))
        .withMessageContaining("call test.Work of plugin " + PLUGIN + ": interrupted after ")
        .withMessageContaining("it may take 30 ms")
        .withCauseInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
    assertThat(HandleRig.status(handle, null).late()).isEqualTo(1);
  }

  @Test
  void callThatEndsInSpiteOfItsInterrupt_keepsItsResultAndLeavesNoInterrupt() throws Exception {
    PluginHandle<Work> handle = rig.serving(PLUGIN);
    CountDownLatch never = new CountDownLatch(1);

    String result =
        handle
            .within(SOON)
            .call(
                work -> {
                  try {
                    return work.hang(never);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return "in the end";
                  }
                });

    assertThat(result).isEqualTo("in the end");
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interruptOfTheCaller_isNotTakenAway() {
    PluginHandle<Work> handle = rig.serving(PLUGIN);
    Thread.currentThread().interrupt();

    assertThat(handle.<String, RuntimeException>call(Work::answer)).isEqualTo("yes");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void lateCalls_openTheBreakerAndAnAnswerClosesIt() throws Exception {
    PluginHandle<Work> handle = rig.serving(PLUGIN);
    for (int i = 0; i < Breaker.LATE_MAX; i++) {
      assertThatThrownBy(() -> handle.within(SOON).call(work -> work.hang(release)))
          .isInstanceOf(DeadlineExceededException.class);
    }

    assertThat(HandleRig.status(handle, null).open()).isTrue();
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> handle.call(Work::answer))
        .withMessageContaining(PLUGIN)
        .withMessageContaining("the last 5 calls outlasted their deadline")
        .withMessageContaining("0 calls are in it")
        .withMessageContaining("gantry plugins swap");
    assertThat(HandleRig.status(handle, null).refused()).isEqualTo(1);

    awaitProbe(handle);
    assertThat(HandleRig.status(handle, null).open()).isFalse();
    assertThat(handle.<String, RuntimeException>call(Work::answer)).isEqualTo("yes");
  }

  @Test
  void newVersion_isCalledAlthoughTheOldOneHangs() throws Exception {
    PluginHandle<Work> handle = rig.serving(PLUGIN);
    for (int i = 0; i < Breaker.LATE_MAX; i++) {
      inBackground(() -> handle.within(SOON).call(work -> work.hangOn(release)));
    }
    while (!HandleRig.status(handle, null).open()) {
      Thread.onSpinWait();
    }

    rig.move(handle);

    assertThat(HandleRig.status(handle, null).open()).isFalse();
    assertThat(handle.<String, RuntimeException>call(Work::answer)).isEqualTo("yes");
  }

  @Test
  void callsBeyondTheLimit_areRefusedAtOnceAndOthersAreNot() throws Exception {
    PluginHandle<Work> handle = rig.handle(PLUGIN, Duration.ofSeconds(10));
    Provider<Work> provider = rig.move(handle);
    PluginHandle<Work> other = rig.serving("test.work.v1.other");
    CountDownLatch in = new CountDownLatch(Flights.MAX);
    for (int i = 0; i < Flights.MAX; i++) {
      inBackground(
          () ->
              handle.call(
                  work -> {
                    in.countDown();
                    return work.hang(release);
                  }));
    }
    in.await();

    assertThat(HandleRig.status(handle, provider).inFlight()).isEqualTo(Flights.MAX);
    assertThatExceptionOfType(UnavailableException.class)
        .isThrownBy(() -> handle.call(Work::answer))
        .withMessageContaining("call test.Work of plugin " + PLUGIN)
        .withMessageContaining("1024 calls are in it, the oldest for ");
    assertThat(other.<String, RuntimeException>call(Work::answer)).isEqualTo("yes");
    release.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(handle.<String, RuntimeException>call(Work::answer)).isEqualTo("yes");
  }

  @Test
  void pluginThatWaitsForOneThatHangs_isNotBlamed() {
    PluginHandle<Work> outer = rig.serving("test.work.v1.outer");
    PluginHandle<Work> inner = rig.serving("test.work.v1.inner");
    for (int i = 0; i < Breaker.LATE_MAX; i++) {
      assertThatExceptionOfType(DeadlineExceededException.class)
          .isThrownBy(
              () ->
                  outer.within(SOON).call(_ -> inner.within(SOON).call(work -> work.hang(release))))
          .withMessageContaining("test.work.v1.inner");
    }

    assertThat(HandleRig.status(inner, null).open()).isTrue();
    assertThat(HandleRig.status(outer, null).open()).isFalse();
  }

  @Test
  void callsThatWaitForAnotherPlugin_areCountedThere() throws Exception {
    PluginHandle<Work> outer = rig.handle("test.work.v1.outer", SOON);
    Provider<Work> waiting = rig.move(outer);
    PluginHandle<Work> inner = rig.handle("test.work.v1.inner", SOON);
    Provider<Work> hanging = rig.move(inner);
    CountDownLatch in = new CountDownLatch(3);
    for (int i = 0; i < 3; i++) {
      inBackground(
          () ->
              outer.call(
                  _ ->
                      inner.call(
                          work -> {
                            in.countDown();
                            return work.hang(release);
                          })));
    }
    in.await();

    assertThat(HandleRig.status(outer, waiting).inFlight()).isEqualTo(3);
    assertThat(rig.watch.own(waiting)).isZero();
    assertThat(rig.watch.own(hanging)).isEqualTo(3);
  }

  @Test
  void pausedCalls_waitLongerThanForAProviderThatIsGone() throws Exception {
    PluginHandle<Work> handle = rig.handle(PLUGIN, SOON);
    handle.switchTo(null, true);
    AtomicReference<@Nullable Object> answer = new AtomicReference<>();
    Thread caller = inBackground(() -> answer.set(handle.call(Work::answer)));

    caller.join(SOON.multipliedBy(10));
    assertThat(answer).hasNullValue();
    rig.move(handle);
    caller.join();

    assertThat(answer).hasValue("yes");
    assertThat(HandleRig.status(handle, null).longestWait()).isGreaterThan(SOON);
  }

  @Test
  void waitingCalls_haveALimit() throws Exception {
    PluginHandle<Work> handle = rig.handle(PLUGIN, Duration.ofSeconds(20));
    for (int i = 0; i < PluginHandle.WAITING_MAX; i++) {
      inBackground(() -> handle.call(Work::answer));
    }
    for (Thread thread : threads) {
      while (thread.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
    }

    assertThatThrownBy(() -> handle.call(Work::answer))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("4096 calls wait for it already");
    rig.move(handle);
  }

  @Test
  void callsThatEndAtTheirDeadline_areNeverInterruptedAfterwards() throws Exception {
    Queue<Throwable> leaks = new ConcurrentLinkedQueue<>();
    AtomicInteger interrupted = new AtomicInteger();
    for (int i = 0; i < 4; i++) {
      PluginHandle<Work> handle = rig.handle(PLUGIN, Duration.ofSeconds(10));
      inBackground(
          () -> {
            for (int call = 0; call < 500 || interrupted.get() == 0; call++) {
              Provider<Work> provider = rig.move(handle);
              boolean late = callAboutAsLongAs(handle, Duration.ofNanos(100_000 + call * 200L));
              interrupted.addAndGet(late ? 1 : 0);
              if (Thread.interrupted()) {
                leaks.add(new AssertionError("interrupted after call " + call));
              }
              provider.retire();
            }
          });
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(leaks).isEmpty();
    assertThat(interrupted).hasPositiveValue();
  }

  @Test
  void deadlineOfNothing_isRefused() {
    PluginHandle<Work> handle = rig.serving(PLUGIN);

    assertThatThrownBy(() -> handle.within(Duration.ZERO))
        .isInstanceOf(InvalidArgumentException.class);
  }

  /**
   * Spins until the deadline is about there, and sees whether the interrupt came before its end.
   */
  private static boolean callAboutAsLongAs(PluginHandle<Work> handle, Duration deadline) {
    return handle
        .within(deadline)
        .call(
            _ -> {
              long end = System.nanoTime() + deadline.toNanos() + 60_000;
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              return Thread.currentThread().isInterrupted();
            });
  }

  private static void awaitProbe(PluginHandle<Work> handle) {
    while (true) {
      try {
        handle.call(Work::answer);
        return;
      } catch (UnavailableException e) {
        Thread.onSpinWait();
      }
    }
  }

  private Thread inBackground(Task task) {
    Thread thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    task.run();
                  } catch (Exception e) {
                    // What a test wants to know of it, it keeps itself.
                  }
                });
    threads.add(thread);
    return thread;
  }

  private interface Task {
    void run() throws Exception;
  }
}
