// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.snapshotter.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.linux.TempMount;
import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OverlayProbeTest {
  @Test
  void missing_whereOverlaysWork_isNothing(@TempDir Path temp) {
    Path root = temp.resolve("root");

    assertThat(new OverlayProbe(root).missing()).isEmpty();
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void missing_onFilesystemThatCannot_tellsWhy(@TempDir Path temp) throws IOException {
    Path lower = Files.createDirectory(temp.resolve("lower"));
    Path upper = Files.createDirectory(temp.resolve("upper"));
    Path work = Files.createDirectory(temp.resolve("work"));
    Mount overlay =
        Mount.of(
            "overlay",
            "overlay",
            List.of("lowerdir=" + lower, "upperdir=" + upper, "workdir=" + work));
    try (TempMount mount = TempMount.of(List.of(overlay), temp)) {
      // An overlay cannot be the upper layer of another.
      assertThat(new OverlayProbe(mount.path().resolve("root")).missing())
          .hasValueSatisfying(
              reason ->
                  assertThat(reason)
                      .startsWith("overlayfs cannot be used in ")
                      .contains("invalid argument"));
      assertThat(mount.path().resolve("root")).isEmptyDirectory();
    }
  }

  @Test
  void missing_onReadOnlyFilesystem_tellsWhy(@TempDir Path temp) throws IOException {
    Mount readOnly = Mount.of("tmpfs", "tmpfs", List.of("ro"));
    try (TempMount mount = TempMount.of(List.of(readOnly), temp)) {
      assertThat(new OverlayProbe(mount.path().resolve("root")).missing())
          .hasValueSatisfying(reason -> assertThat(reason).containsIgnoringCase("read-only"));
    }
  }

  @Test
  void features_areReadFromTheKernel(@TempDir Path host) throws IOException {
    Files.createDirectories(host.resolve("proc/self"));
    Files.writeString(host.resolve("proc/self/uid_map"), "         0          0 4294967295\n");
    assertThat(OverlayFeatures.detect(host)).isEqualTo(new OverlayFeatures(false, false));

    Files.createDirectories(host.resolve("sys/module/overlay/parameters"));
    Files.writeString(host.resolve("sys/module/overlay/parameters/index"), "N\n");
    Files.writeString(host.resolve("proc/self/uid_map"), "0 1000 1\n1 100000 65536\n");
    assertThat(OverlayFeatures.detect(host)).isEqualTo(new OverlayFeatures(true, true));
  }
}
