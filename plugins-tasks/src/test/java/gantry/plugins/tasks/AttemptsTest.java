// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.InternalException;
import gantry.linux.Mounts;
import gantry.names.Namespace;
import gantry.plugins.TimeLimits;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.runtime.TaskRuntime;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Callers that come twice, and callers that leave. */
@Timeout(120)
class AttemptsTest {
  private static final Namespace NS = new Namespace("default");
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path directory;

  private final OnlyContainers containers = new OnlyContainers();
  private final FakeRuntime runtime = new FakeRuntime();
  private BundledTasks tasks;

  @BeforeEach
  void begin() {
    tasks =
        new BundledTasks(
            new BundleLayout(directory.resolve("root"), directory.resolve("state")),
            FixedHandle.of(containers),
            new RecordingEventBus(),
            new Era("e1x2", Instant.now()),
            new Trees(Mounts::unmountRecursive),
            TimeLimits.STANDARD);
    tasks.bindRuntime(
        FixedHandle.of(runtime),
        Map.of(TaskRuntime.RUNTIME_PROPERTY, new String[] {FakeRuntime.NAME}));
    containers.add("c1", FakeRuntime.NAME, "{}");
  }

  @Test
  void create_askedForTwice_isDoneOnceForBoth() throws Exception {
    CountDownLatch open = close();
    CompletableFuture<Integer> first = async(() -> tasks.create(NS, request(""), LONG));
    await(runtime.creating);

    FutureTask<Integer> second = joined(() -> tasks.create(NS, request(""), LONG));
    assertThatThrownBy(() -> tasks.create(NS, request("/another"), LONG))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("halfway");
    open.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(runtime.creations.get()).isEqualTo(1);
  }

  @Test
  void create_whoseFirstCallerGivesUp_isTakenOverByTheRetry() throws Exception {
    CountDownLatch open = close();
    assertThatThrownBy(() -> tasks.create(NS, request(""), Duration.ofMillis(50)))
        .isInstanceOf(DeadlineExceededException.class)
        .hasMessageContaining("creation of task c1: no answer in 0 s: its creation has been going")
        .hasMessageContaining("ask for the same again to join it");
    await(runtime.creating);

    FutureTask<Integer> second = joined(() -> tasks.create(NS, request(""), LONG));
    assertThatThrownBy(() -> tasks.create(NS, request("/another"), LONG))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("halfway");
    open.countDown();

    assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(runtime.creations.get()).isEqualTo(1);
    assertThat(runtime.tasks).containsKey("c1");
  }

  @Test
  void create_thatNobodyWaitsForAnyMore_leavesTheNameFree() throws Exception {
    CountDownLatch open = close();
    FutureTask<Integer> first = new FutureTask<>(() -> tasks.create(NS, request(""), LONG));
    Thread caller = Thread.ofVirtual().start(first);
    await(runtime.creating);
    caller.interrupt();
    assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CanceledException.class)
        .hasMessageContaining("halfway");
    open.countDown();

    assertThat(tasks.create(NS, request("/another"), LONG)).isEqualTo(42);

    assertThat(runtime.creations.get()).isEqualTo(2);
    assertThat(runtime.deletions.get()).isEqualTo(1);
    assertThat(tasks.get(NS, "c1", "").id()).isEqualTo("c1");
  }

  @Test
  void create_afterOneThatCouldNotBeCleanedUp_cleansUpFirst() {
    runtime.failure = () -> new DeadlineExceededException("create: no answer");
    runtime.cleanupFailure = () -> new InternalException("clean up: no");
    assertThatThrownBy(() -> tasks.create(NS, request(""), LONG))
        .isInstanceOf(DeadlineExceededException.class);
    assertThat(directory.resolve("state/default/c1")).isDirectory();
    runtime.failure = null;
    runtime.cleanupFailure = null;

    assertThat(tasks.create(NS, request(""), LONG)).isEqualTo(42);

    assertThat(runtime.cleaned).isNotEmpty();
    assertThatThrownBy(() -> tasks.create(NS, request(""), LONG))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("task c1: already exists");
  }

  @Test
  void delete_askedForTwice_isDoneOnceForBoth() throws Exception {
    tasks.create(NS, request(""), LONG);
    CountDownLatch open = close();
    CompletableFuture<Exit> first = async(() -> tasks.delete(NS, "c1"));
    await(runtime.deleting);
    FutureTask<Exit> second = joined(() -> tasks.delete(NS, "c1"));
    assertThatThrownBy(() -> tasks.create(NS, request(""), LONG))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageContaining("its deletion has been going on for")
        .hasMessageContaining("already exists");
    open.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS).pid()).isEqualTo(42);
    assertThat(second.get(60, TimeUnit.SECONDS).pid()).isEqualTo(42);
    assertThat(runtime.deletions.get()).isEqualTo(1);
  }

  /** A call that waits for what is under way. */
  private static <T> FutureTask<T> joined(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread caller = Thread.ofPlatform().daemon().start(task);
    while (caller.getState() != Thread.State.TIMED_WAITING && !task.isDone()) {
      Thread.onSpinWait();
    }
    return task;
  }

  private CountDownLatch close() {
    CountDownLatch open = new CountDownLatch(1);
    runtime.open = open;
    return open;
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static CreateTask request(String stdout) {
    return new CreateTask("c1", List.of(), new ProcessIo("", stdout, "", false), null, null, "");
  }

  private static <T> CompletableFuture<T> async(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> Thread.ofVirtual().start(task));
  }
}
