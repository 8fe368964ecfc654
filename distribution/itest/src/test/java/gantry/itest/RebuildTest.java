// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon whose database is lost gets back what is on the disk. */
class RebuildTest {
  private static final String LISTS =
      "ctr images ls; ctr content ls -q | sort; ctr snapshots ls | sort";

  @TempDir Path home;

  @Test
  void databaseLost_imagesAndSnapshotsComeBackAndRun() throws Exception {
    String before;
    try (Daemon first = Daemon.gantry(home).start()) {
      Shell shell = shell(first);
      ok(
          shell.bash(
              "ctr images import --base-name docker.io/library/busybox "
                  + Daemon.installed().resolve("share/gantry/busybox.tar")));
      ok(shell.bash("ctr images label $IMAGE kept=yes && gantry gc"));
      before = ok(shell.bash(LISTS));
      assertThat(before).contains("kept=yes").contains("Committed");
      first.stop();
    }
    deleteDatabase();

    Daemon daemon = Daemon.gantry(home);
    Shell.Result rebuild = daemon.shell(Map.of()).run(rebuildCommand());
    assertThat(rebuild.exitCode()).as(rebuild.all()).isZero();
    assertThat(rebuild.output()).contains("recovered images: 1");

    try (Daemon second = daemon.start()) {
      Shell shell = shell(second);
      assertThat(ok(shell.bash(LISTS))).isEqualTo(before);
      ok(shell.bash("ctr leases rm $(ctr leases ls -q) && gantry gc"));
      assertThat(ok(shell.bash(LISTS))).isEqualTo(before);
      assertThat(ok(shell.bash("ctr run --rm $IMAGE again echo it runs"))).contains("it runs");
      assertThat(ok(shell.bash("gantry content verify"))).contains("good");
    }
  }

  @Test
  void garbage_isNamedBeforeItGoes() throws Exception {
    try (Daemon daemon = Daemon.gantry(home).start()) {
      Shell shell = shell(daemon);
      String digest = ok(shell.bash("echo content | sha256sum | cut -c1-64")).strip();
      ok(shell.bash("echo content | gantry content ingest ref"));
      ok(shell.bash("ctr content label sha256:" + digest + " containerd.io/gc.root=now"));
      assertThat(ok(shell.bash("gantry gc --dry-run"))).doesNotContain(digest);
      ok(shell.bash("ctr content label sha256:" + digest + " containerd.io/gc.root="));
      assertThat(ok(shell.bash("gantry gc --dry-run; gantry content ls")))
          .contains(digest)
          .contains("no lease, image or container refers to it");
      assertThat(ok(shell.bash("gantry df"))).contains("blobs").contains("orphans");
      assertThat(ok(shell.bash("gantry gc -o json"))).contains(digest);
    }
  }

  private List<String> rebuildCommand() {
    return List.of(
        Daemon.installed().resolve("bin/gantryd").toString(),
        "--root",
        home.resolve("root").toString(),
        "--state",
        home.resolve("state").toString(),
        "--rebuild=hashes");
  }

  private void deleteDatabase() throws IOException {
    Path directory = home.resolve("root/io.containerd.metadata.v1.bolt");
    for (String file : List.of("meta.db", "meta.db-wal", "meta.db-shm")) {
      Files.deleteIfExists(directory.resolve(file));
    }
    assertThat(directory.resolve("names.log")).exists();
  }

  private static Shell shell(Daemon daemon) {
    return daemon.shell(Map.of("IMAGE", "docker.io/library/busybox:latest"));
  }

  private static String ok(Shell.Result result) {
    assertThat(result.exitCode()).as(result.all()).isZero();
    return result.output();
  }
}
