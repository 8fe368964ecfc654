// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The daemon is killed at random moments of a pull, an import, a commit, a collection or its own
 * start. The next one starts; what a client was told is done is there and whole; and what is left
 * of the rest goes with the next collection. {@code -Dgantry.kills} says how often, {@code
 * -Dgantry.seed} repeats a run.
 */
class KillTest {
  private static final int KILLS = Integer.getInteger("gantry.kills", 20);
  private static final long SEED = Long.getLong("gantry.seed", System.nanoTime());
  private static final int IMAGES = 3;

  @TempDir static Path home;

  private static Registry registry;
  private static LayeredImages images;

  private final Random random = new Random(SEED);
  private final Map<String, Long> longest = new TreeMap<>();
  private final Map<String, Integer> present = new TreeMap<>();
  private final TreeSet<String> committed = new TreeSet<>();
  private int serial;

  @BeforeAll
  static void makeImages() throws Exception {
    registry = Registry.start(home.resolve("registry"));
    images =
        LayeredImages.make(Files.createDirectories(home.resolve("images")), IMAGES, 3 << 20, 1);
    images.push(registry, "kill");
  }

  @AfterAll
  static void stopRegistry() {
    registry.close();
  }

  /** Something a client does: its script, and what is certain once it has succeeded. */
  private record Work(String kind, String script, Runnable begun, Runnable done) {}

  @Test
  void daemon_killedAtRandomMoments_losesNothingAndLeavesNothing() throws Exception {
    List<String> story = new ArrayList<>();
    story.add("seed " + SEED);
    Path place = home.resolve("daemon");
    try (Daemon first = Daemon.gantry(place).start()) {
      for (int kind = 0; kind < 4; kind++) {
        finish(first, work(kind, kind % IMAGES));
      }
    }
    for (int i = 0; i < KILLS; i++) {
      try (Killed daemon = new Killed(Daemon.gantry(place).start())) {
        verify(daemon.shell(), story);
        Work work = work(random.nextInt(6), random.nextInt(IMAGES));
        story.add(interrupt(daemon, work));
      }
    }
    try (Daemon last = Daemon.gantry(place).start()) {
      Shell shell = shell(last);
      verify(shell, story);
      assertNothingStays(last, shell, story);
      System.out.println(String.join("\n", story));
    }
  }

  /** Without a kill all of it must work, or the rest would show nothing. */
  private void finish(Daemon daemon, Work work) {
    long start = System.nanoTime();
    Shell.Result result = shell(daemon).bash(work.script());
    assertThat(result.exitCode()).as("%s: %s", work.kind(), result.all()).isZero();
    longest.put(work.kind(), (System.nanoTime() - start) / 1_000_000);
    work.done().run();
  }

  private String interrupt(Killed daemon, Work work) throws Exception {
    work.begun().run();
    long limit = longest.getOrDefault(work.kind(), 1500L);
    long wait = random.nextLong(limit + limit / 8);
    long start = System.nanoTime();
    Process client = daemon.shell().start(work.script());
    boolean ended = client.waitFor(wait, TimeUnit.MILLISECONDS);
    daemon.kill();
    end(client);
    String how = "cut short";
    if (ended && client.exitValue() == 0) {
      longest.merge(work.kind(), (System.nanoTime() - start) / 1_000_000, Math::max);
      work.done().run();
      how = "done";
    } else if (!ended) {
      // The client may have been told that it is done just before the daemon died.
      longest.merge(work.kind(), wait * 3 / 2, Math::max);
      if (client.exitValue() == 0) {
        work.done().run();
        how = "done at the last moment";
      }
    }
    return "%s, killed after %d ms: %s".formatted(work.kind(), wait, how);
  }

  /** Some clients wait for a daemon to come back; they must not go on with the next one. */
  private static void end(Process client) throws InterruptedException {
    if (!client.waitFor(3, TimeUnit.SECONDS)) {
      client.descendants().forEach(ProcessHandle::destroyForcibly);
      client.destroyForcibly().waitFor();
    }
  }

  private Work work(int kind, int image) {
    String pulled = registry.host() + "/kill:" + image;
    String imported = "docker.io/imported/kill" + image + ":latest";
    return switch (kind) {
      case 0 -> adding("pull by ctr", "ctr images pull --plain-http " + pulled, pulled, image);
      case 1 -> adding("pull", "gantry images pull --plain-http " + pulled, pulled, image);
      case 2 -> adding("import", "ctr images import " + archive(image, imported), imported, image);
      case 3 -> commit("snap" + serial++);
      case 4 -> remove();
      default -> new Work("idle", "ctr images ls", () -> {}, () -> {});
    };
  }

  private Work adding(String kind, String script, String name, int image) {
    return new Work(kind, script, () -> {}, () -> present.put(name, image));
  }

  private Work commit(String name) {
    String script =
        """
        set -e
        ctr snapshots prepare %1$s-key > /dev/null
        ctr snapshots mounts $WORK %1$s-key | bash
        trap 'umount $WORK' EXIT
        echo %1$s > $WORK/file
        umount $WORK; trap - EXIT
        ctr snapshots commit %1$s %1$s-key
        """
            .formatted(name);
    return new Work("commit", script, () -> {}, () -> committed.add(name));
  }

  /** An image whose removal was begun may be there or not. */
  private Work remove() {
    if (present.isEmpty()) {
      return new Work("idle", "ctr images ls", () -> {}, () -> {});
    }
    String name = List.copyOf(present.keySet()).get(random.nextInt(present.size()));
    return new Work(
        "collect", "ctr images rm --sync " + name, () -> present.remove(name), () -> {});
  }

  private void verify(Shell shell, List<String> story) throws Exception {
    Shell.Result listed = shell.bash("ctr images check | awk 'NR > 1 {print $1, $4}'");
    assertThat(listed.exitCode()).as(listed.all() + story).isZero();
    for (String name : present.keySet()) {
      assertThat(listed.output()).as("%s", story).contains(name + " complete");
    }
    Shell.Result snapshots = shell.bash("ctr snapshots ls | awk '{print $1}'");
    for (String name : committed) {
      assertThat(snapshots.output().lines()).as("%s", story).contains(name);
    }
    assertThat(shell.bash(CORRUPT).output())
        .as("blobs whose digest is another: %s", story)
        .isEmpty();
    for (Map.Entry<String, Integer> image : present.entrySet()) {
      assertShows(shell, image.getKey(), image.getValue(), story);
    }
  }

  private static final String CORRUPT =
      """
      cd $ROOT/io.containerd.content.v1.content/blobs/sha256 2> /dev/null || exit 0
      sha256sum * 2> /dev/null | awk '$1 != $2'
      """;

  private void assertShows(Shell shell, String name, int image, List<String> story)
      throws Exception {
    Path mounted = Files.createDirectories(home.resolve("mounted"));
    Shell.Result shown =
        shell.bash(
            """
            ctr images mount %1$s %2$s > /dev/null || exit 1
            ( %3$s ); status=$?
            ctr images unmount --rm %2$s > /dev/null; exit $status
            """
                .formatted(name, mounted, images.check(image, mounted)));
    assertThat(shown.exitCode()).as("%s: %s %s", name, shown.all(), story).isZero();
  }

  private void assertNothingStays(Daemon daemon, Shell shell, List<String> story) {
    Shell.Result left =
        shell.bash(
            """
            for l in $(ctr leases ls -q); do ctr leases rm $l > /dev/null; done
            for s in $(ctr snapshots ls | awk 'NR > 1 {print $1}'); do
              ctr snapshots label $s containerd.io/gc.root= > /dev/null
            done
            ctr images import $ANY > /dev/null
            ctr images ls -q | xargs -r ctr images rm --sync > /dev/null
            cd $ROOT
            end=$((SECONDS + 20))
            while left=$(find io.containerd.content.v1.content/blobs -type f;
                find io.containerd.snapshotter.v1.overlayfs/snapshots -mindepth 1 -maxdepth 1;
                ctr snapshots ls | awk 'NR > 1'; ctr content ls -q);
              [ -n "$left" ] && [ $SECONDS -lt $end ]; do :; done
            echo "$left"
            """);
    assertThat(left.output().strip())
        .as("left after a collection: %s %s", story, left.errors())
        .isEmpty();
    assertThat(daemon.process().isAlive()).isTrue();
  }

  private static Path archive(int image, String name) {
    Path archive = home.resolve("images/image" + image + ".tar");
    return Files.exists(archive) ? archive : images.archive(image, name);
  }

  private Shell shell(Daemon daemon) {
    try {
      return daemon.shell(
          Map.of(
              "ROOT", daemon.home().resolve("root").toString(),
              "WORK", Files.createDirectories(home.resolve("work")).toString(),
              "ANY", Daemon.installed().resolve("share/gantry/busybox.tar").toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A daemon whose end is sudden, unless the test fails before. */
  private final class Killed implements AutoCloseable {
    private final Daemon daemon;

    Killed(Daemon daemon) {
      this.daemon = daemon;
    }

    Shell shell() {
      return KillTest.this.shell(daemon);
    }

    void kill() {
      daemon.kill();
    }

    @Override
    public void close() {
      daemon.close();
    }
  }
}
