// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.errors.UnavailableException;
import gantry.events.Event;
import gantry.labels.WellKnown;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskStatus;
import gantry.testkit.FixedHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class RestartMonitorTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  /** So long that only an event can be the reason. */
  private static final Duration LONG = Duration.ofHours(1);

  @TempDir Path notes;

  private final FakeNode node = new FakeNode();

  private RestartMonitor monitor(Duration interval) {
    return monitor(interval, ConcurrentHashMap.newKeySet());
  }

  private RestartMonitor monitor(Duration interval, Set<String> inHand) {
    Handle<Metadata> metadata = FixedHandle.of(node.metadata());
    Handle<TaskManager> tasks = FixedHandle.of(node.tasks());
    return new RestartMonitor(interval, notes, metadata, tasks, inHand, node.events);
  }

  private static Map<String, String> labels(String status, String policy) {
    Map<String, String> labels = new HashMap<>();
    labels.put(WellKnown.RESTART_STATUS, status);
    if (!policy.isEmpty()) {
      labels.put(WellKnown.RESTART_POLICY, policy);
    }
    return labels;
  }

  private String count(String id) {
    return node.labels(id).find(WellKnown.RESTART_COUNT).orElse("");
  }

  @Test
  void exit_startsOnceAnew_andCounts() throws Exception {
    node.add("web", labels("running", "always"));
    node.task("web", TaskStatus.RUNNING, 0);
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("get web") == 1);
      node.exit("web", 137);
      node.await(() -> node.calls("start web") == 1);
      assertThat(count("web")).isEqualTo("1");
      node.events.publish(
          FakeNode.NAMESPACE, new Event.TaskExit("web", "web", 1, 137, Instant.now()));
      long looks = node.calls("get web");
      node.await(() -> node.calls("get web") > looks);
      assertThat(node.calls("create web")).isOne();
    }
  }

  @Test
  void exec_thatEnds_isNoReason() throws Exception {
    node.add("web", labels("running", "always"));
    node.add("other", labels("running", "always"));
    node.task("web", TaskStatus.RUNNING, 0);
    node.task("other", TaskStatus.RUNNING, 0);
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("get web") == 1 && node.calls("get other") == 1);
      node.events.publish(
          FakeNode.NAMESPACE, new Event.TaskExit("web", "exec", 1, 0, Instant.now()));
      node.exit("other", 1);
      node.await(() -> node.calls("start other") == 1);
      assertThat(node.calls("get web")).isOne();
    }
  }

  @Test
  void round_startsWhatHasNoTask_withItsLog() throws Exception {
    Map<String, String> logged = labels("running", "");
    logged.put(WellKnown.RESTART_LOG_URI, "binary:///usr/bin/logger?id=web");
    node.add("web", logged);
    node.add("tty", logged, "{\"process\": {\"terminal\": true}}");
    node.add("plain", Map.of());
    try (RestartMonitor monitor = monitor(SHORT)) {
      monitor.takeOver();
      node.await(() -> node.calls("start web") == 1 && node.calls("start tty") == 1);
    }
    assertThat(node.calls())
        .contains(
            "io ProcessIo[stdin=, stdout=binary:///usr/bin/logger?id=web,"
                + " stderr=binary:///usr/bin/logger?id=web, terminal=false]",
            "io ProcessIo[stdin=, stdout=binary:///usr/bin/logger?id=web, stderr=, terminal=true]")
        .noneMatch(call -> call.endsWith(" plain"));
  }

  @Test
  void policies_areKept() throws Exception {
    node.add("failed", labels("running", "on-failure:1"));
    node.add("done", labels("running", "on-failure"));
    node.add("never", labels("running", "no"));
    Map<String, String> stopped = labels("running", "unless-stopped");
    stopped.put(WellKnown.RESTART_EXPLICITLY_STOPPED, "true");
    node.add("stopped", stopped);
    for (String id : new String[] {"failed", "done", "never", "stopped"}) {
      node.task(id, TaskStatus.STOPPED, id.equals("done") ? 0 : 1);
    }
    try (RestartMonitor monitor = monitor(SHORT)) {
      monitor.takeOver();
      node.await(() -> node.calls("start failed") == 1);
      node.exit("failed", 1);
      long seen = node.calls("get failed");
      node.await(() -> node.calls("get failed") > seen + 4);
      assertThat(node.calls().stream().filter(call -> call.startsWith("create")))
          .containsExactly("create failed");
    }
  }

  @Test
  void wantedStopped_isKilledAndTakenAway_evenIfPaused() throws Exception {
    node.add("running", labels("stopped", ""));
    node.add("paused", labels("stopped", ""));
    node.add("done", labels("stopped", ""));
    node.task("running", TaskStatus.RUNNING, 0);
    node.task("paused", TaskStatus.PAUSED, 0);
    node.task("done", TaskStatus.STOPPED, 0);
    try (RestartMonitor monitor = monitor(SHORT)) {
      monitor.takeOver();
      node.await(() -> node.status("running") == null && node.status("paused") == null);
    }
    assertThat(node.calls()).contains("resume paused").doesNotContain("resume running");
    assertThat(node.status("done")).isEqualTo(TaskStatus.STOPPED);
  }

  @Test
  void pausedAndRunning_areLeftAlone_strangeOnesOnlyForAWhile() throws Exception {
    node.add("paused", labels("running", ""));
    node.add("unknown", labels("running", ""));
    node.task("paused", TaskStatus.PAUSED, 0);
    node.task("unknown", TaskStatus.UNKNOWN, 0);
    try (RestartMonitor monitor = monitor(Duration.ofMillis(300))) {
      monitor.takeOver();
      node.await(() -> node.calls("start unknown") == 1);
      assertThat(node.calls()).containsSubsequence("get unknown", "get unknown", "kill unknown");
      assertThat(node.status("paused")).isEqualTo(TaskStatus.PAUSED);
    }
  }

  @Test
  void oneThatHangs_delaysNoOther() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    IntStream.range(0, 40)
        .forEach(
            i -> {
              node.add("hangs-" + i, labels("running", ""));
              node.during("create hangs-" + i, _ -> awaitForEver(never));
            });
    try (RestartMonitor monitor = monitor(Duration.ofMillis(200))) {
      monitor.takeOver();
      node.await(() -> node.calls("create hangs-39") == 1);
      node.add("web", labels("running", ""));
      node.await(() -> node.calls("start web") == 1);
      never.countDown();
    }
  }

  private static void awaitForEver(CountDownLatch never) {
    try {
      never.await();
    } catch (InterruptedException closed) {
      throw new UnavailableException("interrupted");
    }
  }

  @Test
  void recordThatJustChanged_isSomebodysBusiness() throws Exception {
    node.setUpdated(Instant.now());
    node.add("fresh", labels("running", ""));
    node.setUpdated(Instant.EPOCH);
    node.add("old", labels("running", ""));
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("start old") == 1 && node.calls("start fresh") == 1);
    }
    assertThat(node.calls("get fresh")).isGreaterThan(1);
    assertThat(node.calls().indexOf("create old")).isLessThan(node.calls().indexOf("create fresh"));
  }

  @Test
  void container_thatIsDeletedMeanwhile_leavesNoTask() throws Exception {
    node.add("web", labels("running", ""));
    node.task("web", TaskStatus.STOPPED, 1);
    node.during("start web", node::remove);
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("kill web") == 1 && node.status("web") == null);
    }
    assertThat(notes.resolve("default/web")).doesNotExist();
  }

  @Test
  void task_madeBySomebodyFaster_isLeftAloneAndNotCounted() throws Exception {
    node.add("web", labels("running", ""));
    node.task("web", TaskStatus.STOPPED, 1);
    node.during("create web", id -> node.task(id, TaskStatus.RUNNING, 0));
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("get web") == 2);
    }
    assertThat(node.calls("kill web")).isZero();
    assertThat(count("web")).isEmpty();
  }

  @Test
  void daemonThatDiedInBetween_stillKnowsThatTheTaskFailed() throws Exception {
    node.add("web", labels("running", "on-failure"));
    node.task("web", TaskStatus.STOPPED, 3);
    node.fail("create web", new UnavailableException("the supervisor is gone"));
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("create web") == 1);
    }
    assertThat(Files.readString(notes.resolve("default/web"))).isEqualTo("3");
    assertThat(node.status("web")).isNull();
    node.heal("create web");
    try (RestartMonitor monitor = monitor(LONG)) {
      monitor.takeOver();
      node.await(() -> node.calls("start web") == 1);
    }
    assertThat(notes.resolve("default/web")).doesNotExist();
  }

  @Test
  void afterGivingWay_nothingIsDone_andTakingOverAgainCatchesUp() throws Exception {
    node.add("web", labels("running", ""));
    node.task("web", TaskStatus.RUNNING, 0);
    try (RestartMonitor monitor = monitor(SHORT)) {
      monitor.takeOver();
      node.await(() -> node.calls("get web") > 1);
      monitor.giveWay();
      long looks = node.calls("get web");
      node.exit("web", 1);
      assertThat(node.calls("get web")).isEqualTo(looks);
      monitor.takeOver();
      node.await(() -> node.calls("start web") == 1);
    }
  }

  @Test
  void twoVersions_startOnlyOnce() throws Exception {
    node.add("web", labels("running", ""));
    node.task("web", TaskStatus.STOPPED, 1);
    Semaphore arrived = new Semaphore(0);
    Semaphore on = new Semaphore(0);
    node.during(
        "create web",
        _ -> {
          arrived.release();
          on.acquireUninterruptibly();
        });
    try (RestartMonitor one = monitor(LONG);
        RestartMonitor other = monitor(LONG)) {
      one.takeOver();
      arrived.acquireUninterruptibly();
      other.takeOver();
      arrived.acquireUninterruptibly();
      on.release(10);
      node.await(() -> node.calls("start web") == 1 && node.calls("get web") >= 3);
    }
    assertThat(node.calls("start web")).isOne();
    assertThat(count("web")).isEqualTo("1");
  }

  @Test
  void nextVersion_waitsForTheContainersTheLastOneHasInHand() throws Exception {
    node.add("web", labels("running", ""));
    node.task("web", TaskStatus.STOPPED, 1);
    Set<String> inHand = ConcurrentHashMap.newKeySet();
    Semaphore arrived = new Semaphore(0);
    Semaphore on = new Semaphore(0);
    node.during(
        "create web",
        _ -> {
          arrived.release();
          on.acquireUninterruptibly();
        });
    try (RestartMonitor one = monitor(LONG, inHand);
        RestartMonitor other = monitor(LONG, inHand)) {
      one.takeOver();
      arrived.acquireUninterruptibly();
      node.add("next", labels("running", "no"));
      other.takeOver();
      node.await(() -> node.calls("get next") == 1);
      assertThat(node.calls("get web")).isOne();
      on.release();
      node.await(() -> node.calls("start web") == 1 && node.calls("get web") == 2);
    }
    assertThat(node.calls("create web")).isOne();
  }

  @Test
  void interval_isADuration() {
    assertThat(RestartMonitor.interval("0s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(RestartMonitor.interval("1m")).isEqualTo(Duration.ofMinutes(1));
    assertThatThrownBy(() -> RestartMonitor.interval("soon"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("interval");
    try (RestartMonitor monitor = monitor(LONG)) {
      assertThat(monitor.capabilities())
          .containsExactly("no", "always", "on-failure", "unless-stopped");
    }
  }
}
