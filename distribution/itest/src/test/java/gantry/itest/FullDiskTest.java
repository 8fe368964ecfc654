// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A small filesystem is full at each stage of what brings an image: the client is told so, nothing
 * half-made is named, and once there is room the same works.
 */
class FullDiskTest {
  private static final int IMAGE = 2;

  @TempDir static Path home;

  private static Registry registry;
  private static LayeredImages images;
  private static Daemon daemon;

  @BeforeAll
  static void start() throws Exception {
    registry = Registry.start(home.resolve("registry"));
    images =
        LayeredImages.make(Files.createDirectories(home.resolve("images")), IMAGE + 1, 3 << 20, 2);
    images.push(registry, "full");
    images.archive(IMAGE, "docker.io/imported/full:latest");
    host(
        """
        set -e
        truncate -s 128M $HOME_DIR/disk
        mkfs.ext4 -q -m 0 -F $HOME_DIR/disk
        mkdir -p $HOME_DIR/daemon/root
        mount -o loop $HOME_DIR/disk $HOME_DIR/daemon/root
        """);
    daemon = Daemon.gantry(home.resolve("daemon")).start();
  }

  @AfterAll
  static void stop() {
    daemon.close();
    registry.close();
    host("umount -l $HOME_DIR/daemon/root 2> /dev/null; true");
  }

  /** The image takes 12 MiB as blobs and again as snapshots. */
  @ParameterizedTest(name = "{0} with {1} KiB left")
  @CsvSource({
    "pull, 40",
    "pull, 1000",
    "pull, 5000",
    "pull, 11000",
    "pull, 14000",
    "pull, 20000",
    "transfer, 40",
    "transfer, 1000",
    "transfer, 5000",
    "transfer, 11000",
    "transfer, 14000",
    "transfer, 20000",
    "import, 40",
    "import, 1000",
    "import, 5000",
    "import, 11000",
    "import, 14000",
    "import, 20000"
  })
  void image_onAFullDisk_failsByNameAndComesOnceThereIsRoom(String how, int kibibytes) {
    String name =
        how.equals("import")
            ? "docker.io/imported/full:latest"
            : registry.host() + "/full:" + IMAGE;
    String work =
        switch (how) {
          case "import" -> "ctr images import " + home.resolve("images/image" + IMAGE + ".tar");
          case "transfer" -> "gantry images pull --plain-http " + name;
          default -> "ctr images pull --plain-http " + name;
        };
    awaitEmptyStores();
    fill(kibibytes);
    Shell.Result failed = shell().bash(work);
    assertThat(failed.exitCode()).as(failed.all()).isNotZero();
    assertThat(failed.all()).containsIgnoringCase("no space left");
    assertThat(daemon.process().isAlive()).as(daemon.logText()).isTrue();
    assertThat(shell().bash("ctr images ls -q; ctr content ls -q > /dev/null").exitCode()).isZero();

    empty();
    Shell.Result worked = shell().bash(work);
    assertThat(worked.exitCode()).as(worked.all()).isZero();
    assertShows(name);
    // A client cannot take its lease back while the disk is full.
    shell().bash("for l in $(ctr leases ls -q); do ctr leases rm $l; done");
    assertThat(shell().bash("ctr images rm --sync " + name).exitCode()).isZero();
  }

  @Test
  void daemon_startedOnAFullDisk_showsWhatThereIs() {
    String name = registry.host() + "/full:0";
    assertThat(shell().bash("ctr images pull --plain-http " + name).exitCode()).isZero();
    fill(0);
    daemon.stop();
    daemon.start();
    Shell.Result listed = shell().bash("ctr images check");
    assertThat(listed.output()).as(listed.all()).contains(name).contains("complete");
    empty();
    assertThat(shell().bash("ctr images rm --sync " + name).exitCode()).isZero();
  }

  private static void assertShows(String name) {
    Path mounted = home.resolve("mounted");
    Shell.Result shown =
        shell()
            .bash(
                """
                mkdir -p %2$s
                ctr images mount %1$s %2$s > /dev/null || exit 1
                ( %3$s ); status=$?
                ctr images unmount --rm %2$s > /dev/null; exit $status
                """
                    .formatted(name, mounted, images.check(IMAGE, mounted)));
    assertThat(shown.exitCode()).as(shown.all()).isZero();
  }

  /** What an earlier case left must not make room behind our back. */
  private static void awaitEmptyStores() {
    host(
        """
        cd $HOME_DIR/daemon/root
        end=$((SECONDS + 20))
        while left=$(find io.containerd.content.v1.content/blobs -type f 2> /dev/null;
            find io.containerd.snapshotter.v1.overlayfs/snapshots -mindepth 1 -maxdepth 1 2> /dev/null);
          [ -n "$left" ]; do
          [ $SECONDS -lt $end ] || { echo "still there: $left"; exit 1; }
        done
        """);
  }

  /** Leaves about so much room. */
  private static void fill(int kibibytes) {
    host(
        """
        sync -f $HOME_DIR/daemon/root
        free=$(df --output=avail -k $HOME_DIR/daemon/root | tail -1)
        if [ %1$d = 0 ]; then cat /dev/zero > $HOME_DIR/daemon/root/ballast 2> /dev/null || true
        else fallocate -l $((free - %1$d))K $HOME_DIR/daemon/root/ballast; fi
        """
            .formatted(kibibytes));
  }

  private static void empty() {
    host("rm -f $HOME_DIR/daemon/root/ballast");
  }

  private static Shell shell() {
    return daemon.shell(Map.of());
  }

  private static void host(String script) {
    Shell.Result result =
        new Shell(Map.of("HOME_DIR", home.toString()), Duration.ofSeconds(60)).bash(script);
    assertThat(result.exitCode()).as(result.all()).isZero();
  }
}
