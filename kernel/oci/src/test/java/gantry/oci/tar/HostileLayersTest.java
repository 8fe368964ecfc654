// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.linux.files.Directory;
import gantry.testkit.layers.GuardTree;
import gantry.testkit.layers.HostileLayer;
import gantry.testkit.layers.HostileLayers;
import gantry.testkit.layers.RawTar;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a layer holds: outside nothing changes, and what is refused is refused in words. */
class HostileLayersTest {
  @TempDir Path temp;
  private GuardTree guard;
  private Path root = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    guard = GuardTree.make(temp.resolve("outside"));
    root = Files.createDirectory(temp.resolve("root"));
  }

  @AfterEach
  void outside_isUntouched() throws IOException {
    guard.assertUntouched();
  }

  @TestFactory
  Stream<DynamicTest> layer_staysInside() {
    List<HostileLayer> layers = HostileLayers.against(guard.root());
    assertThat(layers).hasSizeGreaterThan(60);
    AtomicInteger number = new AtomicInteger();
    return layers.stream()
        .flatMap(
            layer ->
                Stream.of(WhiteoutStyle.values())
                    .map(
                        style ->
                            DynamicTest.dynamicTest(
                                layer + ", " + style,
                                () -> check(layer, style, number.incrementAndGet()))));
  }

  private void check(HostileLayer layer, WhiteoutStyle style, int number) throws IOException {
    Path target = Files.createDirectories(temp.resolve("root" + number));
    try (Directory holder = Directory.open(temp)) {
      applied(layer, style, target);
      // the framework would take minutes for a tree this deep
      holder.removeTree(String.valueOf(target.getFileName()));
    }
    guard.assertUntouched();
  }

  private static void applied(HostileLayer layer, WhiteoutStyle style, Path target)
      throws IOException {
    if (layer.isRefused()) {
      assertThatThrownBy(() -> apply(layer.tar(), target, style))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(layer.refusal());
    } else {
      apply(layer.tar(), target, style);
    }
  }

  @Test
  void layer_cutAtEveryBlock_isRefused() throws IOException {
    byte[] tar =
        new RawTar()
            .directory("d")
            .pax("path=d/" + "n".repeat(200))
            .file("x", "x".repeat(2000))
            .gnuLong('L', "d/" + "m".repeat(200))
            .file("y", "y")
            .bytes();

    for (int length = 512; length < tar.length; length += 512) {
      byte[] cut = Arrays.copyOf(tar, length);
      Path target = Files.createDirectory(temp.resolve("cut" + length));
      // between two entries an archive may end: not every program writes the mark
      if (length == 512 || length == 4096) {
        apply(cut, target, WhiteoutStyle.REMOVE);
      } else {
        assertThatThrownBy(() -> apply(cut, target, WhiteoutStyle.REMOVE))
            .as("cut at %d", length)
            .hasMessageContaining("unexpected EOF");
      }
    }
  }

  /** Somebody who can write to the tree swaps a directory for a link all the time. */
  @Test
  void directorySwappedMeanwhile_leadsNowhere() throws Exception {
    RawTar tar = new RawTar();
    for (int i = 0; i < 1000; i++) {
      tar.file("d/e/f" + i, "x").file("d/e/secret", "x").file("d/e/.wh.file", "");
    }
    byte[] bytes = tar.finished();
    Files.createDirectories(root.resolve("d/e"));
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger swaps = new AtomicInteger();
    Thread swapper = Thread.ofPlatform().start(() -> swap(done, swaps));
    try {
      for (int i = 0; (i < 5 || swaps.get() < 20) && i < 30; i++) {
        applyAnyway(bytes);
      }
    } finally {
      done.set(true);
      swapper.join();
    }
    assertThat(swaps.get()).isPositive();
  }

  private void swap(AtomicBoolean done, AtomicInteger swaps) {
    Path d = root.resolve("d");
    Path aside = temp.resolve("aside");
    Path link = temp.resolve("link");
    while (!done.get()) {
      try {
        Files.move(d, aside);
        Files.createSymbolicLink(link, guard.root());
        Files.move(link, d);
        swaps.incrementAndGet();
        Files.delete(d);
        Files.move(aside, d);
      } catch (IOException e) {
        restore(d, aside, link);
      }
    }
  }

  private static void restore(Path d, Path aside, Path link) {
    try {
      Files.deleteIfExists(link);
      if (Files.exists(aside) && Files.isSymbolicLink(d)) {
        Files.delete(d);
        Files.move(aside, d);
      } else if (Files.exists(aside)) {
        Files.move(aside, aside.resolveSibling("aside-" + System.nanoTime()));
      }
    } catch (IOException e) {
      // the other side was quicker; the next round tries again
      Thread.onSpinWait();
    }
  }

  /** That it fails is fine: the tree is not what it made. */
  private void applyAnyway(byte[] bytes) {
    try {
      apply(bytes, root, WhiteoutStyle.REMOVE);
    } catch (IOException e) {
      assertThat(e).hasMessageNotContaining("null");
    }
  }

  private static void apply(byte[] tar, Path target, WhiteoutStyle style) throws IOException {
    new Archive().apply(new ByteArrayInputStream(tar), target, style);
  }
}
