// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks of a shim that is not ours: the one Debian ships with containerd. */
class ThirdPartyShimTest {
  private static final Path SHIM = Path.of("/usr/bin/containerd-shim-runc-v2");

  /** Debian's shim keeps runc's state by namespace and id, whichever daemon has started it. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "CONTAINERD_NAMESPACE",
          "third-party-" + ProcessHandle.current().pid(),
          "IMAGE",
          "docker.io/library/busybox:latest");

  /**
   * Functions for all scripts; what is waited for comes, or the script's deadline. A process that
   * ends as soon as it has spoken may not be heard: its shim lets go of a pipe that ctr has not yet
   * opened. So one that is listened to ends when it is told to.
   */
  private static final String PRELUDE =
      """
      run() { ctr run --runtime %s "$@"; }
      shim() { pgrep -f "^%s .*-id $1 -address $CONTAINERD_ADDRESS"; }
      status() { ctr tasks ls | awk -v t=$1 '$1 == t {print $3}'; }
      await() { until [ "$(status $1)" = "$2" ]; do sleep 0.1; done; }
      talk() {
        rm -f $HOME_/in; mkfifo $HOME_/in
        "$@" < $HOME_/in > $HOME_/out & talker=$!
        exec 3> $HOME_/in
        echo one >&3
        until grep -q got $HOME_/out; do sleep 0.1; done
        echo two >&3
        exec 3>&-
        wait $talker; ended=$?
        cat $HOME_/out
        return $ended
      }
      """
          .formatted(SHIM, SHIM);

  @TempDir static Path home;

  private static Daemon daemon;
  private Shell shell;

  @BeforeAll
  static void start() {
    assumeTrue(Files.isExecutable(SHIM), "no " + SHIM);
    daemon = Daemon.gantry(home).start();
    Shell.Result imported =
        daemon
            .shell(ENVIRONMENT)
            .bash(
                "ctr images import --base-name docker.io/library/busybox "
                    + Daemon.installed().resolve("share/gantry/busybox.tar"));
    assertThat(imported.exitCode()).as(imported.all()).isZero();
  }

  @AfterAll
  static void stop() throws IOException {
    if (daemon != null) {
      daemon.close();
      Files.deleteIfExists(
          Path.of("/run/containerd/runc", ENVIRONMENT.get("CONTAINERD_NAMESPACE")));
    }
  }

  @BeforeEach
  void openShell() {
    shell = daemon.shell(ENVIRONMENT, Duration.ofMinutes(2));
  }

  @Test
  void task_livesAsWithOurOwnRuntime() {
    assertThat(
            lines(
                """
                ctr events > $HOME_/events & events=$!
                run -d $IMAGE l2 sh -c 'trap "exit 5" TERM; while :; do sleep 0.1; done'
                ctr tasks exec --exec-id e1 l2 sh -c 'exit 3'; echo rc=$?
                ctr tasks pause l2 && status l2
                ctr tasks resume l2 && status l2
                ctr tasks kill l2 && await l2 STOPPED
                ctr tasks rm l2 2> /dev/null; echo rc=$?
                ctr containers rm l2
                until grep -q '/tasks/delete.*"l2"' $HOME_/events; do sleep 0.1; done
                kill $events
                grep -o '/tasks/.*"l2".*' $HOME_/events | cut -d' ' -f1
                """))
        .containsExactly(
            "rc=3",
            "PAUSED",
            "RUNNING",
            "rc=0",
            "/tasks/create",
            "/tasks/start",
            "/tasks/exec-added",
            "/tasks/exec-started",
            "/tasks/exit",
            "/tasks/paused",
            "/tasks/resumed",
            "/tasks/exit",
            "/tasks/delete");
  }

  @Test
  void task_runsInTheForeground() {
    assertThat(
            lines(
                """
                talk run --rm $IMAGE l1 sh -c 'read x; echo got $x; read y; exit 9'; echo rc=$?
                """))
        .containsExactly("got one", "rc=9");
  }

  @Test
  void task_canBeAttachedTo() {
    assertThat(
            lines(
                """
                run -d $IMAGE a1 sh -c 'read x; echo got $x; read y; exit 4'
                talk ctr tasks attach a1; echo rc=$?
                ctr tasks rm -f a1 2> /dev/null; ctr containers rm a1
                """))
        .containsExactly("got one", "rc=4");
  }

  @Test
  void start_ofAProgramThatIsNotThere_leavesNothing() {
    assertThat(
            lines(
                """
                run --rm $IMAGE n1 /no/such 2>&1 | grep -c 'failed to create shim task'
                ctr tasks ls -q; shim n1; find $HOME_/state/io.containerd.* -name n1
                """))
        .containsExactly("1");
  }

  @Test
  void shim_thatIsKilled_endsItsTaskAndNoOther() {
    assertThat(
            lines(
                """
                ctr events > $HOME_/killed & events=$!
                run -d $IMAGE k1 sleep 1000
                run -d $IMAGE k2 sleep 1000
                run --rm $IMAGE k3 sleep 1000 > /dev/null 2>&1 & client=$!
                await k3 RUNNING
                kill -9 $(shim k1) $(shim k3)
                wait $client; [ $? -ne 0 ] && echo 'client was told'
                await k1 ''; status k2
                pids=$(cat $HOME_/state/io.containerd.runtime.v2.task/*/*/init.pid | wc -w)
                echo processes=$pids
                until [ $(grep -c '/tasks/delete' $HOME_/killed) -eq 2 ]; do sleep 0.1; done
                kill $events
                grep -o '/tasks/[ed].*"k1".*' $HOME_/killed | grep -o '/tasks/[a-z]*\\|"exit_status":[0-9]*'
                ctr tasks rm -f k2 2> /dev/null; ctr containers rm k1 k2
                """))
        .containsExactly(
            "client was told",
            "RUNNING",
            "processes=1",
            "/tasks/exit",
            "\"exit_status\":137",
            "/tasks/delete",
            "\"exit_status\":137");
  }

  @Test
  void shim_thatIsFrozen_holdsUpNobodyElse() {
    assertThat(
            lines(
                """
                run -d $IMAGE f1 sleep 1000
                run -d $IMAGE f2 sleep 1000
                frozen=$(shim f1); kill -STOP $frozen
                status f1; status f2
                timeout 60 ctr tasks exec --exec-id e1 f2 true && echo others
                timeout 60 ctr tasks kill f1 > /dev/null 2>&1 || echo refused
                kill -CONT $frozen; await f1 RUNNING; status f1
                ctr tasks rm -f f1 f2 2> /dev/null; ctr containers rm f1 f2
                """))
        .containsExactly("UNKNOWN", "RUNNING", "others", "refused", "RUNNING");
  }

  @Test
  void daemon_thatIsKilled_findsTheTasksOfAllShimsAgain() {
    assertThat(lines("run -d $IMAGE r1 sleep 1000; run -d $IMAGE r2 sleep 1000")).isEmpty();
    daemon.kill();
    assertThat(lines("kill -9 $(shim r2)")).isEmpty();

    daemon.start();

    assertThat(
            lines(
                """
                await r2 ''; status r1
                ctr tasks exec --exec-id e1 r1 true && echo alive
                ctr tasks kill -s 9 r1; await r1 STOPPED
                ctr tasks rm r1 2> /dev/null; ctr containers rm r1 r2; shim r1
                """))
        .containsExactly("RUNNING", "alive");
  }

  private List<String> lines(String script) {
    Shell.Result result = shell.bash("HOME_=" + home + "\n" + PRELUDE + script);
    assertThat(result.errors()).isEmpty();
    return result.output().lines().toList();
  }
}
