// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.client.GantryClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Twenty clients make, start, use, kill and delete containers at once, over and over. Nothing
 * fails, nothing stays, and neither the daemon nor its supervisor grows. {@code
 * -Dgantry.soak.seconds} says how long.
 */
class TaskSoakTest {
  private static final int SECONDS = Integer.getInteger("gantry.soak.seconds", 20);
  private static final int CLIENTS = 20;
  private static final int SAMPLES = Math.max(6, Math.min(60, SECONDS / 10));
  private static final int SHOWN = 12;
  private static final Duration SETTLING = Duration.ofSeconds(60);

  /** A process that has just begun still grows: code is compiled, pools fill. */
  private static final long SLACK_KB = SECONDS < 120 ? 16 << 10 : 2 << 10;

  private static final String MARK = "soak" + ProcessHandle.current().pid() + "-";

  @TempDir Path home;

  private final List<String> report = new ArrayList<>();
  private final Set<String> problems = new LinkedHashSet<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger lives = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);

  @Test
  void loopsOfTwentyClients_leaveNothingBehind() throws Exception {
    try (Daemon daemon = Daemon.gantry(home.resolve("daemon")).start();
        GantryClient client =
            GantryClient.connect(daemon.address(), "default", TaskLoop.patience())) {
      TaskLoop loop =
          new TaskLoop(
              client, template(daemon, client), Files.createDirectory(home.resolve("streams")));
      warmUp(loop);
      long pid = daemon.process().pid();
      long supervisor = supervisor();
      Memory ofDaemon = new Memory("daemon", pid);
      Memory ofSupervisor = new Memory("supervisor", supervisor);
      ofDaemon.atRest(SLACK_KB);
      ofSupervisor.atRest(SLACK_KB);
      Holdings before = Holdings.of(home, MARK, pid, supervisor);
      List<Thread> clients = start(loop);
      try {
        sample(List.of(ofDaemon, ofSupervisor));
      } finally {
        stop(clients);
      }
      compare(before, pid, supervisor);
      judge(List.of(ofDaemon, ofSupervisor));
      assertThat(supervisor()).as("the supervisor from first to last").isEqualTo(supervisor);
    } finally {
      report.add("%d lives of containers in %d s".formatted(lives.get(), SECONDS));
      System.out.println(String.join("\n", report));
      Files.copy(
          home.resolve("daemon/daemon.log"),
          Path.of("target/task-soak.log"),
          StandardCopyOption.REPLACE_EXISTING);
    }
    failures.stream().limit(SHOWN).forEach(problems::add);
    assertThat(problems).as("%d failures; %s", failures.size(), report).isEmpty();
    assertThat(lives.get()).as("lives of containers").isGreaterThanOrEqualTo(2 * CLIENTS);
  }

  private static TaskLoop.Template template(Daemon daemon, GantryClient client) {
    Shell.Result made =
        daemon
            .shell(Map.of("IMAGE", CtrLoad.IMAGE))
            .bash(
                """
                set -e
                ctr images import %s > /dev/null
                ctr containers create $IMAGE soak-plain sleep 1000
                ctr containers create -t $IMAGE soak-terminal sleep 1000
                ctr snapshots ls | awk '/Committed/ {print $1}'
                """
                    .formatted(Daemon.installed().resolve("share/gantry/busybox.tar")));
    assertThat(made.exitCode()).as(made.all()).isZero();
    assertThat(made.output().strip().lines()).as("layers of the image").hasSize(1);
    return new TaskLoop.Template(
        client.containers().get("soak-plain"),
        client.containers().get("soak-terminal"),
        made.output().strip());
  }

  /** So that all is loaded, connected and laid out that will be. */
  private void warmUp(TaskLoop loop) throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      threads.add(Thread.ofPlatform().start(() -> live(loop, MARK + "first-" + number, number)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(failures).as("before it began").isEmpty();
  }

  private List<Thread> start(TaskLoop loop) {
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      clients.add(Thread.ofPlatform().name("client-" + i).start(() -> repeat(loop, number)));
    }
    return clients;
  }

  private void repeat(TaskLoop loop, int client) {
    for (int i = 0; over.getCount() > 0 && failures.size() < 100; i++) {
      live(loop, MARK + client + "-" + i, client + i);
    }
  }

  private void live(TaskLoop loop, String id, int number) {
    try {
      loop.run(id, number);
      lives.incrementAndGet();
    } catch (Exception | AssertionError e) {
      failures.add(id + ": " + e);
    }
  }

  private void sample(List<Memory> memories) throws Exception {
    long pace = TimeUnit.SECONDS.toMillis(SECONDS) / SAMPLES;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end && !over.await(pace, TimeUnit.MILLISECONDS)) {
      for (Memory memory : memories) {
        memory.sample();
      }
    }
  }

  private void stop(List<Thread> clients) throws InterruptedException {
    over.countDown();
    for (Thread client : clients) {
      if (!client.join(Duration.ofMinutes(3))) {
        problems.add(client.getName() + " does not end");
      }
    }
  }

  /** What is given back may be so a little later. */
  private void compare(Holdings before, long daemon, long supervisor) throws Exception {
    long end = System.nanoTime() + SETTLING.toNanos();
    List<String> more;
    CountDownLatch pace = new CountDownLatch(1);
    do {
      more = Holdings.of(home, MARK, daemon, supervisor).beyond(before);
    } while (!more.isEmpty() && System.nanoTime() < end && !pace.await(1, TimeUnit.SECONDS));
    more.stream().limit(SHOWN).forEach(what -> problems.add("left: " + what));
    report.add(more.size() + " things left");
  }

  private void judge(List<Memory> memories) {
    for (Memory memory : memories) {
      for (Memory.Verdict verdict :
          List.of(memory.heap(SLACK_KB), memory.resident(2 * SLACK_KB), memory.atRest(SLACK_KB))) {
        report.add(verdict.text());
        if (verdict.grows()) {
          problems.add("grows: " + verdict.text());
        }
      }
    }
  }

  private long supervisor() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains("gantry.supervisor.Main --socket " + home))
                    .isPresent())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no supervisor"))
        .pid();
  }
}
