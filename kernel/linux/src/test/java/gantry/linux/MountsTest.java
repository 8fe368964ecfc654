// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountsTest {
  @TempDir Path dir;

  @AfterEach
  void unmount() throws IOException {
    Mounts.unmountRecursive(dir);
  }

  private Path directory(String name) throws IOException {
    return Files.createDirectories(dir.resolve(name));
  }

  @Test
  void bind_readOnly_showsTheSourceAndRefusesWrites() throws IOException {
    Path source = directory("source");
    Path target = directory("target");
    Files.writeString(source.resolve("file"), "text");
    Mounts.mount(Mount.of("bind", source.toString(), List.of("rbind", "ro")), target);
    assertThat(target.resolve("file")).hasContent("text");
    assertThatThrownBy(() -> Files.writeString(target.resolve("other"), ""))
        .hasMessageContaining("Read-only");
    Mounts.unmount(target);
    assertThat(target.resolve("file")).doesNotExist();
  }

  @Test
  void tmpfs_hasItsOptions() throws IOException {
    Path target = directory("with space");
    Mounts.mount(Mount.of("tmpfs", "none", List.of("nosuid", "size=64k", "rprivate")), target);
    MountEntry entry =
        Mounts.list().stream().filter(e -> e.target().equals(target)).findFirst().orElseThrow();
    assertThat(entry.type()).isEqualTo("tmpfs");
    assertThat(entry.options()).contains("nosuid", "size=64k");
    assertThat(Filesystems.magic(target)).isEqualTo(Filesystems.TMPFS);
    assertThat(Mounts.isMountPoint(target)).isTrue();
    Mounts.unmountAll(target);
    assertThat(Mounts.isMountPoint(target)).isFalse();
  }

  @Test
  void missingSource_namesOperationObjectAndReason() throws IOException {
    Path target = directory("target");
    assertThatThrownBy(() -> Mounts.mount(Mount.of("bind", dir + "/none", List.of("bind")), target))
        .isInstanceOfSatisfying(
            ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .hasMessage("mount bind " + dir + "/none at " + target + ": no such file or directory");
  }

  @Test
  void mountAll_thatFailsHalfway_leavesNothing() throws IOException {
    Path target = directory("target");
    Mount good = Mount.of("tmpfs", "none", List.of());
    Mount bad = Mount.of("no-such-filesystem", "none", List.of());
    assertThatThrownBy(() -> Mounts.mountAll(List.of(good, bad), target))
        .isInstanceOf(ErrnoException.class);
    assertThat(Mounts.isMountPoint(target)).isFalse();
  }

  @Test
  void target_cannotLeaveTheRootByALink() throws IOException {
    Path root = directory("root");
    Path outside = directory("outside");
    Files.createSymbolicLink(root.resolve("link"), outside);
    Files.createDirectories(Path.of(root.toString(), outside.toString()));
    Mounts.mount(new Mount("tmpfs", "none", "link", List.of()), root);
    assertThat(Mounts.isMountPoint(outside)).isFalse();
    assertThat(Mounts.isMountPoint(Path.of(root.toString(), outside.toString()))).isTrue();
  }

  @Test
  void overlay_withOptionsLongerThanAPage_isMounted() throws IOException {
    // an overlay cannot have its upper directory on another overlay
    Path base = directory("base");
    Mounts.mount(Mount.of("tmpfs", "none", List.of()), base);
    List<String> lower = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      Path layer = Files.createDirectories(base.resolve("layers/layer-" + "x".repeat(40) + i));
      Files.writeString(layer.resolve("file" + i), "");
      lower.add(layer.toString());
    }
    Files.createDirectories(base.resolve("upper"));
    Files.createDirectories(base.resolve("work"));
    Path target = directory("target");
    List<String> options =
        List.of(
            "upperdir=" + base.resolve("upper"),
            "workdir=" + base.resolve("work"),
            "lowerdir=" + String.join(":", lower));
    assertThat(String.join(",", options).length()).isGreaterThan(4096);
    Mounts.mount(Mount.of("overlay", "overlay", options), target);
    assertThat(target.resolve("file0")).exists();
    assertThat(target.resolve("file59")).exists();
  }

  @Test
  void tempMount_closed_leavesNothing() throws IOException {
    Path path;
    try (TempMount mount = TempMount.of(List.of(Mount.of("tmpfs", "none", List.of())), dir)) {
      path = mount.path();
      Files.writeString(path.resolve("file"), "");
      Mounts.mount(Mount.of("tmpfs", "none", List.of()), Files.createDirectory(path.resolve("in")));
    }
    assertThat(path).doesNotExist();
    assertThat(Mounts.list()).noneMatch(entry -> entry.target().startsWith(path));
  }
}
