// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers whose labels, set by containerd's own client, ask to be kept running. */
class RestartPolicyTest {
  private static final long PATIENCE_SECONDS = 60;
  private static final String STATUS = "--label containerd.io/restart.status=running";

  @TempDir Path home;

  private Daemon daemon;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    Path config = home.resolve("config.toml");
    // under its older name, as nerdctl's manual gives it
    Files.writeString(
        config, "version = 2\n[plugins.'io.containerd.internal.v1.restart']\ninterval = '2s'\n");
    daemon = Daemon.gantry(home, "-c", config.toString()).start();
    shell = daemon.shell(Map.of());
    bash(
        "ctr images import --base-name docker.io/library/busybox %s"
            .formatted(Daemon.installed().resolve("share/gantry/busybox.tar")));
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  @Test
  void killedContainer_comesBackOnce_alsoThroughASwapAndARestart() throws Exception {
    Path output = home.resolve("web.log");
    run("web", STATUS + " --label containerd.io/restart.loguri=file://" + output, "sleep 10000");

    kill("web");
    assertThat(count("web", 1)).isEqualTo("1");
    assertThat(Files.readString(output)).isEqualTo("begun\n");

    try (Channels channels = new Channels(daemon.address())) {
      Swaps swaps = new Swaps(channels, home);
      Path jar = Daemon.installed().resolve("plugins/gantry.plugins.restart.jar");
      long pid = pid("web");
      bash("kill -9 " + pid);
      swaps.swap(jar);
      assertThat(swaps.failures()).isEmpty();
      awaitOther("web", pid);
    }
    assertThat(count("web", 2)).isEqualTo("2");

    long pid = pid("web");
    daemon.kill();
    bash("kill -9 " + pid);
    daemon.start();
    awaitOther("web", pid);
    assertThat(count("web", 3)).isEqualTo("3");
    assertThat(Files.readString(output)).isEqualTo("begun\n".repeat(3));
    assertThat(bash("ctr tasks ls -q").output()).isEqualTo("web\n");
  }

  @Test
  void policies_decide() {
    String stays = "containerd.io/restart.explicitly-stopped=true";
    run("failing", STATUS + " --label containerd.io/restart.policy=on-failure:2", "exit 3");
    run("done", STATUS + " --label containerd.io/restart.policy=on-failure", "exit 0");
    run("stopped", STATUS + " --label containerd.io/restart.policy=unless-stopped", "sleep 10000");
    run("wanted", STATUS + " --label containerd.io/restart.policy=always", "sleep 10000");
    bash("ctr containers label stopped " + stays);

    bash("ctr tasks kill -s KILL stopped");
    assertThat(count("failing", 2)).isEqualTo("2");
    await("failing is over", () -> task("failing").equals("STOPPED"));
    // a later one comes back, so the others have been looked at
    kill("wanted");
    assertThat(count("wanted", 1)).isEqualTo("1");
    assertThat(task("stopped")).isEqualTo("STOPPED");
    assertThat(task("done")).isEqualTo("STOPPED");
    assertThat(label("failing")).isEqualTo("2");
    assertThat(label("done")).isEmpty();

    bash("ctr containers label wanted containerd.io/restart.status=stopped");
    await("wanted has no task", () -> task("wanted").isEmpty());
    assertThat(bash("ctr containers ls -q").output()).contains("wanted");
  }

  @Test
  void containerWithATerminalAndNoLog_comesBack() throws Exception {
    bash(
        "script -qec 'ctr run -d -t "
            + STATUS
            + " docker.io/library/busybox:latest tty sleep 10000' /dev/null");
    kill("tty");
    assertThat(count("tty", 1)).isEqualTo("1");
  }

  private void run(String id, String options, String command) {
    bash(
        "ctr run -d %s docker.io/library/busybox:latest %s sh -c 'echo begun; %s'"
            .formatted(options, id, command));
  }

  /** Kills the first process of a container behind everybody's back, and waits for another. */
  private void kill(String id) {
    long pid = pid(id);
    bash("kill -9 " + pid);
    awaitOther(id, pid);
  }

  private void awaitOther(String id, long before) {
    await(id + " runs anew", () -> task(id).equals("RUNNING") && pid(id) != before);
  }

  /** The count of restarts, once it is at least that. */
  private String count(String id, int atLeast) {
    await(
        id + " was counted", () -> !label(id).isEmpty() && Integer.parseInt(label(id)) >= atLeast);
    return label(id);
  }

  private String label(String id) {
    return bash("ctr containers info %s | sed -n 's/.*restart.count\": \"\\(.*\\)\".*/\\1/p'"
            .formatted(id))
        .output()
        .strip();
  }

  private long pid(String id) {
    String pid = bash("ctr tasks ls | awk '$1 == \"%s\" {print $2}'".formatted(id)).output();
    return pid.isBlank() ? 0 : Long.parseLong(pid.strip());
  }

  private String task(String id) {
    return bash("ctr tasks ls | awk '$1 == \"%s\" {print $3}'".formatted(id)).output().strip();
  }

  private void await(String what, Supplier<Boolean> wanted) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!wanted.get()) {
      assertThat(System.nanoTime()).as(what + "\n" + daemon.logText()).isLessThan(end);
    }
  }

  private Shell.Result bash(String script) {
    Shell.Result result = shell.bash(script);
    assertThat(result.exitCode()).as(script + "\n" + result.all()).isZero();
    return result;
  }
}
