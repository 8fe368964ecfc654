// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdMappedMountsTest {
  private static final String UIDS = "uidmap=0:100000:1000";
  private static final String GIDS = "gidmap=0:200000:1000";

  @TempDir Path temp;
  private Path point = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    assumeTrue(
        IdMappedMounts.areSupported(temp), "the kernel cannot show these files with other owners");
    point = Files.createDirectory(temp.resolve("point"));
    for (String name : List.of("upper", "work")) {
      Files.createDirectory(temp.resolve(name));
    }
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    Mounts.unmountRecursive(temp);
    assertThat(Files.readString(Path.of("/proc/self/mounts")))
        .doesNotContain(temp.toString())
        .doesNotContain("gantry-idmap-");
  }

  @Test
  void overlay_showsLayersWithOtherOwners() throws IOException {
    layer("one", "a", 0, 0);
    layer("two", "b", 5, 6);
    List<String> options = overlay(temp.resolve("two") + ":" + temp.resolve("one"));

    Mounts.mount(Mount.of("overlay", "overlay", options), point);

    assertThat(owners("a")).isEqualTo("100000:200000");
    assertThat(owners("b")).isEqualTo("100005:200006");
    Files.writeString(point.resolve("new"), "x");
    assertThat(temp.resolve("upper/new")).exists();
  }

  @Test
  void overlay_ofManyLayers_showsThemAll() throws IOException {
    List<String> layers = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      layers.add(layer("layer-with-a-rather-long-name-" + i, "f" + i, i, i).toString());
    }
    Collections.reverse(layers);

    Mounts.mount(Mount.of("overlay", "overlay", overlay(String.join(":", layers))), point);

    assertThat(owners("f0")).isEqualTo("100000:200000");
    assertThat(owners("f149")).isEqualTo("100149:200149");
  }

  @Test
  void bind_isOneMount_andReadOnlyWhereAsked() throws IOException {
    layer("one", "a", 7, 8);
    Mount mount =
        Mount.of("bind", temp.resolve("one").toString(), List.of("ro", "rbind", UIDS, GIDS));

    Mounts.mount(mount, point);

    assertThat(owners("a")).isEqualTo("100007:200008");
    assertThatThrownBy(() -> Files.writeString(point.resolve("a"), "x"))
        .hasMessageContaining("Read-only");
    Mounts.unmount(point);
    assertThat(Mounts.isMountPoint(point)).isFalse();
  }

  @Test
  void mappings_thatAreIncompleteOrWrong_areRefused() {
    for (List<String> wrong :
        List.of(
            List.of("bind", UIDS),
            List.of("bind", "uidmap=0:0", GIDS),
            List.of("bind", "uidmap=0:0:0", GIDS),
            List.of("bind", "uidmap=0:4294967290:10", GIDS),
            List.of("bind", "uidmap=a", GIDS))) {
      assertThatThrownBy(() -> Mounts.mount(Mount.of("bind", temp.toString(), wrong), point))
          .as("%s", wrong)
          .hasMessageContaining("want container:host:length");
    }
    assertThatThrownBy(() -> Mounts.mount(Mount.of("tmpfs", "t", List.of(UIDS, GIDS)), point))
        .hasMessageContaining("only bind mounts and overlays can");
  }

  private List<String> overlay(String lower) {
    return List.of(
        UIDS,
        GIDS,
        "workdir=" + temp.resolve("work"),
        "upperdir=" + temp.resolve("upper"),
        "lowerdir=" + lower);
  }

  private Path layer(String name, String file, int uid, int gid) throws IOException {
    Path layer = Files.createDirectory(temp.resolve(name));
    Files.writeString(layer.resolve(file), "x");
    Files.setAttribute(layer.resolve(file), "unix:uid", uid);
    Files.setAttribute(layer.resolve(file), "unix:gid", gid);
    return layer;
  }

  private String owners(String file) throws IOException {
    Path path = point.resolve(file);
    return Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid");
  }
}
