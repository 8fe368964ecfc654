// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon or the supervisor is killed at random moments of a container's life. After each kill
 * tasks, bundles, records, mounts, control groups and processes come to agree by themselves, and
 * the container can be made again under its name. {@code -Dgantry.task.kills} says how often,
 * {@code -Dgantry.seed} repeats a run.
 */
class TaskKillTest {
  private static final int KILLS = Integer.getInteger("gantry.task.kills", 6);
  private static final long SEED = Long.getLong("gantry.seed", System.nanoTime());
  private static final int NAMES = 3;

  @TempDir Path home;

  private final Random random = new Random(SEED);
  private final String prefix = "tk" + ProcessHandle.current().pid() + "-";
  private final Map<String, Long> longest = new TreeMap<>();
  private final List<String> story = new ArrayList<>();
  private int serial;

  private record Work(String kind, String script) {}

  @Test
  void containers_whoseKeepersAreKilled_leaveNothingThatNeedsAPerson() throws Exception {
    story.add("seed " + SEED);
    Daemon daemon = Daemon.gantry(home).start();
    try {
      Shell shell = shell(daemon);
      check(shell, "ctr images import " + Daemon.installed().resolve("share/gantry/busybox.tar"));
      for (int name = 0; name < NAMES; name++) {
        measure(shell, new Work("run", run(name)));
        measure(shell, new Work("exec", exec(name)));
        measure(shell, new Work("delete", delete(name)));
        measure(shell, new Work("again", run(name)));
      }
      for (int kill = 0; kill < KILLS; kill++) {
        interrupt(daemon, shell, work());
        if (!daemon.process().isAlive()) {
          daemon.start();
        }
        awaitAgreement(shell);
      }
      for (int name = 0; name < NAMES; name++) {
        check(shell, delete(name));
        check(shell, run(name));
        check(shell, "ctr tasks exec --exec-id last " + id(name) + " true");
        check(shell, delete(name));
      }
      awaitAgreement(shell);
      assertNothingStays(shell);
      System.out.println(String.join("\n", story));
    } finally {
      daemon.close();
    }
  }

  private Work work() {
    int name = random.nextInt(NAMES);
    return switch (random.nextInt(4)) {
      case 0, 1 -> new Work("again", delete(name) + "\n" + run(name));
      case 2 -> new Work("exec", exec(name));
      default -> new Work("delete", delete(name));
    };
  }

  private String id(int name) {
    return prefix + name;
  }

  /** With an own network namespace and output that somebody reads. */
  private String run(int name) {
    return "ctr run -d --log-uri file://%s/%s.log docker.io/library/busybox:latest %s sleep 10000"
        .formatted(home, id(name), id(name));
  }

  private String exec(int name) {
    return "ctr tasks exec --exec-id e%d %s sleep 0.1".formatted(serial++, id(name));
  }

  /** What a client does that wants to begin anew, wherever the last attempt has ended. */
  private String delete(int name) {
    return """
    end=$((SECONDS + 30))
    while ctr tasks ls -q | grep -qx %1$s || ctr containers ls -q | grep -qx %1$s; do
      ctr tasks kill -s KILL %1$s
      ctr tasks rm %1$s
      ctr containers rm %1$s
      [ $SECONDS -lt $end ] || exit 1
    done
    # of a client that ended between the snapshot and the container
    if ctr snapshots info %1$s > /dev/null 2>&1; then ctr snapshots rm %1$s; fi
    true
    """
        .formatted(id(name));
  }

  private void measure(Shell shell, Work work) {
    long start = System.nanoTime();
    check(shell, work.script());
    longest.merge(work.kind(), (System.nanoTime() - start) / 1_000_000, Math::max);
  }

  private void interrupt(Daemon daemon, Shell shell, Work work) throws Exception {
    long wait = random.nextLong(longest.getOrDefault(work.kind(), 500L) * 5 / 4);
    boolean isDaemon = random.nextBoolean();
    Process client = shell.start(work.script());
    boolean ended = client.waitFor(wait, TimeUnit.MILLISECONDS);
    if (isDaemon) {
      daemon.kill();
    } else {
      killSupervisor();
    }
    end(client);
    story.add(
        "%s, %s killed after %d ms%s"
            .formatted(
                work.kind(),
                isDaemon ? "daemon" : "supervisor",
                wait,
                ended ? ", it was over" : ""));
  }

  /** Some clients wait for the next daemon; they must not go on with that. */
  private static void end(Process client) throws InterruptedException {
    if (!client.waitFor(3, TimeUnit.SECONDS)) {
      client.descendants().forEach(ProcessHandle::destroyForcibly);
      client.destroyForcibly().waitFor();
    }
  }

  private void killSupervisor() {
    String socket = home.resolve("state/supervisor.sock").toString();
    ProcessHandle.allProcesses()
        .filter(process -> arguments(process).contains("\0" + socket + "\0"))
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static String arguments(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return "";
    }
  }

  private void awaitAgreement(Shell shell) {
    Shell.Result result = shell.bash(AGREE);
    assertThat(result.exitCode()).as("%s%n%s", story, result.all()).isZero();
  }

  /** Names that are in one place and not in the others; tasks that run have processes. */
  private static final String AGREE =
      """
      known() {
        timeout 30 ctr tasks ls > $WORK/tasks || return 1
        awk -v p=$PREFIX 'NR > 1 && index($1, p) == 1 {print $1}' $WORK/tasks | sort > $WORK/ids
        ! grep -q UNKNOWN $WORK/tasks
      }
      differs() { sort -u | diff $WORK/$1 - | sed "s|^|$2: |" | grep '[<>]'; }
      audit() {
        known || { echo "tasks: no answer for all"; cat $WORK/tasks; return; }
        awk -v p=$PREFIX 'index($1, p) == 1 && $3 != "STOPPED" {print $1}' $WORK/tasks | sort > $WORK/live
        ls -A $STATE/io.containerd.runtime.v2.task/default | differs ids bundles
        ls -A $ROOT/io.containerd.runtime.v2.task/default | differs ids "work directories"
        ls -A $STATE/io.containerd.shim.v1.manager/supervisor/tasks/default | differs ids records
        ls -A $STATE/runc/default | differs ids "records of runc"
        awk -v s=$STATE/ 'index($5, s) == 1 {print $5}' /proc/self/mountinfo \\
          | sed 's|/rootfs$||; s|.*/||' | differs ids mounts
        for h in /sys/fs/cgroup/*/; do
          [ -d ${h}default ] && ls ${h}default | grep "^$PREFIX" | comm -13 $WORK/ids - \\
            | sed "s|^|control group in $h: |"
        done
        cat /proc/[0-9]*/cgroup 2> /dev/null | grep -o "/default/$PREFIX[0-9]*" \\
          | sed 's|.*/||' | differs live processes
        ls $STATE/io.containerd.shim.v1.manager/supervisor/tasks/default/*/execs 2> /dev/null \\
          | grep -q . && ps ax -o args | grep "[r]unc .*exec"
      }
      end=$((SECONDS + 120))
      while left=$(audit); [ -n "$left" ]; do
        [ $SECONDS -lt $end ] || { echo "$left"; exit 1; }
      done
      """;

  private void assertNothingStays(Shell shell) {
    Shell.Result left =
        shell.bash(
            """
            find $STATE/io.containerd.runtime.v2.task/default $STATE/runc/default -mindepth 1
            ls -A $STATE/io.containerd.shim.v1.manager/supervisor/tasks/default
            find /sys/fs/cgroup -type d -name "$PREFIX*" 2> /dev/null
            ctr containers ls -q
            grep " $STATE/" /proc/self/mountinfo
            """);
    assertThat(left.output()).as("%s", story).isEmpty();
  }

  private static void check(Shell shell, String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as("%s: %s", script, result.all()).isZero();
  }

  private Shell shell(Daemon daemon) throws Exception {
    return daemon.shell(
        Map.of(
            "ROOT", home.resolve("root").toString(),
            "STATE", home.resolve("state").toString(),
            "WORK", Files.createDirectories(home.resolve("work")).toString(),
            "PREFIX", prefix),
        Duration.ofMinutes(5));
  }
}
