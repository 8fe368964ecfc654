// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of a daemon is changed while a client does not rest. */
class ReloadTest {
  private static final String OVERLAY = "io.containerd.snapshotter.v1.overlayfs";
  private static final String NATIVE = "io.containerd.snapshotter.v1.native";
  private static final String UPPER = "containerd.io/snapshot/overlay.upperdir";
  private static final String BASE = "version = 4\nimports = [\"conf.d/*.toml\"]\n";
  private static final String LABELLED =
      BASE + "[plugins.'" + OVERLAY + "']\nupperdir_label = true\n";
  private static final long PATIENCE_SECONDS = 40;

  @TempDir Path home;

  private Daemon daemon;
  private Shell shell;
  private final AtomicInteger rounds = new AtomicInteger();
  private final Semaphore done = new Semaphore(0);
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean ending;
  private Thread client;

  @BeforeEach
  void start() throws IOException {
    replace(BASE);
    daemon = Daemon.gantry(home, "-c", home.resolve("config.toml").toString()).start();
    shell = daemon.shell(Map.of());
    client = Thread.ofPlatform().name("client").start(this::repeat);
  }

  @AfterEach
  void stop() throws InterruptedException {
    ending = true;
    client.join();
    daemon.close();
  }

  @Test
  void signal_putsWhatDiffersInForce() throws Exception {
    assertThat(label()).isFalse();

    replace(LABELLED + "[debug]\nlevel = \"debug\"\n");
    hangUp();

    awaitLog("config: plugins\\.'" + OVERLAY + "'\\.upperdir_label: unset → true");
    assertThat(label()).isTrue();
    awaitLog("level=debug");
    assertUndisturbed();
  }

  @Test
  void changedFiles_areTakenUpByThemselves() throws Exception {
    replace(LABELLED);
    awaitLog("upperdir_label: unset → true");
    assertThat(label()).isTrue();

    Path more = Files.createDirectories(home.resolve("conf.d")).resolve("a.toml");
    Files.writeString(more, "version = 4\n[plugins.'" + OVERLAY + "']\nupperdir_label = false\n");
    awaitLog("upperdir_label: true → false");
    assertThat(label()).isFalse();

    Files.delete(more);
    awaitLog("upperdir_label: false → true");
    assertThat(label()).isTrue();
    assertUndisturbed();
  }

  @Test
  void badFile_changesNothingAndIsToldOfOnce() throws Exception {
    replace(LABELLED + "[broken\n");
    awaitLog("nothing is changed: .*config\\.toml:\\d+: ");
    assertThat(label()).isFalse();

    replace(BASE + "[plugins.'" + NATIVE + "']\nroot_path = \"/proc/nowhere\"\n");
    awaitLog("plugin " + NATIVE + " with root_path: unset → .*/proc/nowhere");
    assertThat(shell.run(prepare(NATIVE, "still")).exitCode()).isZero();

    hangUp();
    replace(LABELLED);
    awaitLog("upperdir_label: unset → true");
    assertThat(daemon.process().isAlive()).isTrue();
    assertThat(times("config\\.toml:\\d+: ")).isEqualTo(1);
    assertUndisturbed();
  }

  @Test
  void snapshotter_isDisabledAndEnabled() throws Exception {
    replace(BASE + "disabled_plugins = [\"" + NATIVE + "\"]\n");
    awaitLog("config: disabled_plugins: ");

    Shell.Result refused = shell.run(prepare(NATIVE, "x"));
    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.all()).contains("native").contains("disabled");

    replace(BASE);
    awaitLog("config: disabled_plugins: .* → \\[\\]");
    assertThat(shell.run(prepare(NATIVE, "x")).exitCode()).isZero();
    assertUndisturbed();
  }

  @Test
  void keyThatNeedsARestart_keepsNoOtherFromTakingEffect() throws Exception {
    replace(LABELLED + "[plugins.'io.containerd.server.v1.grpc']\ngid = 7\n");

    awaitLog("'io\\.containerd\\.server\\.v1\\.grpc'\\.gid: 0 → 7, from the next start on");
    assertThat(label()).isTrue();
    assertUndisturbed();
  }

  /** Whether a snapshot made now tells where its files are. */
  private boolean label() {
    String key = "label-" + rounds.incrementAndGet();
    assertThat(shell.run(prepare(OVERLAY, key)).exitCode()).isZero();
    Shell.Result info = shell.run(List.of("ctr", "snapshots", "info", key));
    assertThat(info.exitCode()).as(info.all()).isZero();
    return info.output().contains(UPPER);
  }

  private static List<String> prepare(String plugin, String key) {
    String snapshotter = plugin.substring(plugin.lastIndexOf('.') + 1);
    return List.of("ctr", "snapshots", "--snapshotter", snapshotter, "prepare", key);
  }

  /** What the client does: snapshots come and go, and lists are read. */
  private void repeat() {
    while (!ending) {
      Shell.Result result =
          shell.bash(
              """
              set -e
              ctr snapshots prepare client-%1$d > /dev/null
              ctr snapshots info client-%1$d > /dev/null
              ctr snapshots rm client-%1$d
              ctr namespaces ls > /dev/null
              """
                  .formatted(rounds.incrementAndGet()));
      if (result.exitCode() != 0) {
        failures.add(result.all());
      }
      done.release();
    }
  }

  /** The client goes on and has met no failure. */
  private void assertUndisturbed() throws InterruptedException {
    done.drainPermits();
    assertThat(done.tryAcquire(3, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(failures).isEmpty();
  }

  private void hangUp() {
    assertThat(shell.run(List.of("kill", "-HUP", Long.toString(daemon.process().pid()))).exitCode())
        .isZero();
  }

  private void awaitLog(String pattern) throws Exception {
    try (WatchService watch = home.getFileSystem().newWatchService()) {
      home.register(watch, StandardWatchEventKinds.ENTRY_MODIFY);
      while (times(pattern) == 0) {
        WatchKey key = watch.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (key == null) {
          throw new AssertionError("no line has %s:\n%s".formatted(pattern, daemon.logText()));
        }
        key.pollEvents();
        key.reset();
      }
    }
  }

  private long times(String pattern) {
    return Pattern.compile(pattern).matcher(daemon.logText()).results().count();
  }

  /** As an editor does it: a new file takes the place of the old one. */
  private void replace(String text) throws IOException {
    Path fresh = Files.writeString(home.resolve("config.toml.new"), text);
    Files.move(
        fresh,
        home.resolve("config.toml"),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
  }
}
