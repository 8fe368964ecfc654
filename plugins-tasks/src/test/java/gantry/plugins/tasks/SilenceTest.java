// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.DeadlineExceededException;
import gantry.filters.Filter;
import gantry.linux.Mounts;
import gantry.names.Namespace;
import gantry.plugins.TimeLimits;
import gantry.runtime.CreateTask;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskStatus;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that are not answered for, among many that are. */
@Timeout(120)
class SilenceTest {
  private static final Namespace NS = new Namespace("default");
  private static final int TASKS = 100;
  private static final Set<String> FROZEN = Set.of("c7", "c77", "c97");

  @TempDir Path directory;

  private final OnlyContainers containers = new OnlyContainers();
  private final RecordingEventBus events = new RecordingEventBus();
  private final FakeRuntime runtime = new FakeRuntime();
  private final CountDownLatch thaw = new CountDownLatch(1);
  private BundledTasks before;

  @BeforeEach
  void begin() {
    before = open("e1x2");
    bind(before);
    ProcessIo io = new ProcessIo("", "", "", false);
    for (int i = 0; i < TASKS; i++) {
      containers.add("c" + i, FakeRuntime.NAME, "{}");
      before.create(NS, new CreateTask("c" + i, List.of(), io, null, null, ""));
    }
    FROZEN.forEach(id -> runtime.frozen.put(id, thaw));
  }

  @Test
  void list_withTasksThatDoNotAnswer_showsThemAsUnknown() {
    Map<String, TaskStatus> first = statuses(before);

    assertThat(first).hasSize(TASKS);
    FROZEN.forEach(id -> assertThat(first).containsEntry(id, TaskStatus.UNKNOWN));
    assertThat(first.values().stream().filter(TaskStatus.CREATED::equals))
        .hasSize(TASKS - FROZEN.size());
    assertThat(before.metrics(NS, Filter.ALL))
        .extracting(TaskMetric::id)
        .hasSize(TASKS - FROZEN.size())
        .doesNotContainAnyElementsOf(FROZEN);
    assertThatThrownBy(() -> before.get(NS, "c77", ""))
        .isInstanceOf(DeadlineExceededException.class);
  }

  @Test
  void list_askedAgain_doesNotWaitForTheSameSilence() {
    AtomicReference<Duration> limit = new AtomicReference<>(Duration.ofMillis(200));
    BundledTasks next = open("e1x2", (key, standard) -> limit.get());
    bind(next);
    statuses(next);
    // So long that this test would not live to see it.
    limit.set(Duration.ofDays(1));

    Map<String, TaskStatus> again = statuses(next);

    FROZEN.forEach(id -> assertThat(again).containsEntry(id, TaskStatus.UNKNOWN));
  }

  @Test
  void list_whenTheyAnswerAgain_showsThemAsTheyAre() {
    statuses(before);

    thaw.countDown();

    while (statuses(before).containsValue(TaskStatus.UNKNOWN)) {
      Thread.onSpinWait();
    }
    assertThat(statuses(before)).hasSize(TASKS);
  }

  @Test
  void restart_findsAllThatAnswer_thoughSomeDoNot() {
    FakeRuntime afterwards = new FakeRuntime();
    afterwards.tasks.putAll(runtime.tasks);
    afterwards.frozen.putAll(runtime.frozen);
    bind(
        open("e3x4", (key, limit) -> key.equals(TaskLimit.LOAD.key()) ? Duration.ofDays(1) : limit),
        afterwards);

    while (afterwards.questions.size() < TASKS - FROZEN.size()) {
      Thread.onSpinWait();
    }
    assertThat(afterwards.questions).doesNotContainKeys(FROZEN.toArray(String[]::new));
    thaw.countDown();
    while (afterwards.questions.size() < TASKS) {
      Thread.onSpinWait();
    }
  }

  @Test
  void restart_asksAgainWhereNobodyAnswered() {
    FROZEN.forEach(runtime.tasks::remove);
    BundledTasks next = open("e3x4", (key, limit) -> Duration.ofMillis(200));
    bind(next);
    while (!statuses(next).containsValue(TaskStatus.UNKNOWN)) {
      Thread.onSpinWait();
    }

    thaw.countDown();

    while (runtime.cleaned.size() < FROZEN.size()) {
      Thread.onSpinWait();
    }
    assertThat(runtime.cleaned).containsExactlyInAnyOrderElementsOf(FROZEN);
  }

  private static Map<String, TaskStatus> statuses(BundledTasks tasks) {
    return tasks.list(NS).stream()
        .collect(Collectors.toMap(ProcessState::id, ProcessState::status));
  }

  private BundledTasks open(String era) {
    return open(era, TimeLimits.STANDARD);
  }

  private BundledTasks open(String era, TimeLimits limits) {
    return new BundledTasks(
        new BundleLayout(directory.resolve("root"), directory.resolve("state")),
        FixedHandle.of(containers),
        events,
        new Era(era, Instant.now()),
        new Trees(Mounts::unmountRecursive),
        limits);
  }

  private void bind(BundledTasks target) {
    bind(target, runtime);
  }

  private static void bind(BundledTasks target, FakeRuntime runtime) {
    target.bindRuntime(
        FixedHandle.of(runtime),
        Map.of(TaskRuntime.RUNTIME_PROPERTY, new String[] {FakeRuntime.NAME}));
  }
}
