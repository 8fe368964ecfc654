// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.linux.files.Directory;
import gantry.linux.files.FileStat;
import gantry.linux.files.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules for sane layers: merging, whiteouts, parents, times. */
class LayerRulesTest {
  private static final FileTime TIME = FileTime.from(Archive.TIME);

  @TempDir Path root;

  @Test
  void whiteout_removesFilesOfAnyOrigin() throws IOException {
    Files.createDirectories(root.resolve("lower/deep"));
    Files.writeString(root.resolve("lower/deep/f"), "x");

    new Archive()
        .file("mine", "x")
        .file(".wh.mine", "")
        .file(".wh.lower", "")
        .file(".wh.never-there", "")
        .applyTo(root);

    assertThat(root).isEmptyDirectory();
  }

  @Test
  void opaque_sparesWhatTheLayerUnpackedBefore() throws IOException {
    Files.createDirectories(root.resolve("d/both"));
    Files.writeString(root.resolve("d/old"), "x");
    Files.writeString(root.resolve("d/both/old"), "x");

    new Archive()
        .file("d/new", "x")
        .directory("d/both")
        .file("d/both/new", "x")
        .file("d/.wh..wh..opq", "")
        .file("d/later", "x")
        .applyTo(root);

    try (Directory d = Directory.open(root.resolve("d"))) {
      assertThat(d.list()).containsExactly("both", "later", "new");
    }
    assertThat(root.resolve("d/both")).isDirectoryNotContaining(p -> p.endsWith("old"));
    assertThat(root.resolve("d/both/new")).exists();
  }

  @Test
  void overlay_marksWhiteoutsAndOpaqueDirectories() throws IOException {
    Archive archive =
        new Archive()
            .file("gone-now", "x")
            .file(".wh.gone-now", "")
            .add(
                new TarEntry(
                    EntryType.REGULAR,
                    ".wh.gone",
                    0,
                    7,
                    8,
                    0,
                    Archive.TIME,
                    null,
                    "",
                    0,
                    0,
                    Map.of()),
                new byte[0])
            .file("d/.wh..wh..opq", "")
            .file("d/x", "x");

    archive.applyTo(root, WhiteoutStyle.OVERLAY);

    try (Directory directory = Directory.open(root)) {
      assertThat(directory.stat("gone-now").isOverlayWhiteout()).isTrue();
      FileStat gone = directory.stat("gone");
      assertThat(gone.isOverlayWhiteout()).isTrue();
      assertThat(gone.uid()).isEqualTo(7);
      assertThat(gone.gid()).isEqualTo(8);
    }
    assertThat(Xattrs.find(root.resolve("d"), "trusted.overlay.opaque"))
        .hasValue("y".getBytes(StandardCharsets.UTF_8));
    assertThat(root.resolve("d/x")).exists();
  }

  @Test
  void overlay_directoryInPlaceOfWhiteout_isOpaque() throws IOException {
    new Archive()
        .file(".wh.d", "")
        .directory("d")
        .file("f", "x")
        .directory("f")
        .directory("merged")
        .applyTo(root, WhiteoutStyle.OVERLAY);

    assertThat(Xattrs.list(root.resolve("d"))).containsExactly("trusted.overlay.opaque");
    assertThat(Xattrs.list(root.resolve("f"))).containsExactly("trusted.overlay.opaque");
    assertThat(Xattrs.list(root.resolve("merged"))).isEmpty();
  }

  @Test
  void missingParents_areMadeLikeBelow(@TempDir Path upperLayer, @TempDir Path lowerLayer)
      throws IOException {
    Files.createDirectories(lowerLayer.resolve("a/b"));
    try (Directory lower = Directory.open(lowerLayer)) {
      lower.changeOwner("a", 5, 6);
      lower.changeMode("a", 01750);
      lower.xattrs("a").set("user.k", new byte[] {1});
      lower.xattrs("a").set("trusted.k", new byte[] {1});
    }
    Files.writeString(upperLayer.resolve("file"), "not a directory");
    Files.createDirectories(lowerLayer.resolve("file"));

    LayerApplier.apply(
        new Archive().file("a/b/c/x", "x").file("file/y", "y").stream(),
        root,
        new LayerApplier.Options(
            WhiteoutStyle.OVERLAY, List.of(upperLayer, lowerLayer), true, w -> {}));

    try (Directory directory = Directory.open(root)) {
      FileStat a = directory.stat("a");
      assertThat(a.uid()).isEqualTo(5);
      assertThat(a.gid()).isEqualTo(6);
      assertThat(a.permissions()).isEqualTo(01750);
      assertThat(directory.xattrs("a").list()).containsExactly("user.k");
      assertThat(directory.stat("file").permissions()).isEqualTo(0755);
    }
    assertThat(root.resolve("a/b/c/x")).exists();
  }

  @Test
  void directoryTimes_areSetLast() throws IOException {
    new Archive()
        .directory("d")
        .directory("d/e")
        .file("d/e/f", "x")
        .file("d/g", "x")
        .directory("gone")
        .file(".wh.gone", "")
        .applyTo(root);

    for (String name : List.of("d", "d/e", "d/e/f", "d/g")) {
      assertThat(Files.getLastModifiedTime(root.resolve(name))).as(name).isEqualTo(TIME);
    }
  }

  @Test
  void directoryOverDirectory_mergesAndTakesItsAttributes() throws IOException {
    Files.createDirectories(root.resolve("d"));
    Files.writeString(root.resolve("d/kept"), "x");

    new Archive()
        .add(
            new TarEntry(
                EntryType.DIRECTORY, "d/", 02711, 3, 4, 0, Archive.TIME, null, "", 0, 0, Map.of()),
            new byte[0])
        .applyTo(root);

    try (Directory directory = Directory.open(root)) {
      FileStat stat = directory.stat("d");
      assertThat(stat.permissions()).isEqualTo(02711);
      assertThat(stat.uid()).isEqualTo(3);
      assertThat(stat.modified()).isEqualTo(Archive.TIME);
    }
    assertThat(root.resolve("d/kept")).exists();
  }

  @Test
  void times_beyondAnyFilesystem_become1970() throws IOException {
    TarEntry early = TarEntry.of(EntryType.REGULAR, "early", 0644, 0, Instant.ofEpochSecond(-5));
    TarEntry late =
        TarEntry.of(EntryType.REGULAR, "late", 0644, 0, Instant.ofEpochSecond(1L << 40));

    new Archive().add(early, new byte[0]).add(late, new byte[0]).applyTo(root);

    for (String name : List.of("early", "late")) {
      assertThat(Files.getLastModifiedTime(root.resolve(name))).isEqualTo(FileTime.fromMillis(0));
    }
  }

  @Test
  void devices_whereTheyCannotBe_areLeftOut() throws IOException {
    Archive archive =
        new Archive().node(EntryType.CHARACTER, "null", 1, 3).node(EntryType.FIFO, "p", 0, 0);

    LayerApplier.apply(
        archive.stream(),
        root,
        new LayerApplier.Options(WhiteoutStyle.REMOVE, List.of(), false, archive.warnings::add));

    assertThat(root.resolve("null")).doesNotExist();
    assertThat(root.resolve("p")).exists();
    assertThat(archive.warnings).hasSize(1);
  }
}
