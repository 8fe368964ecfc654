// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.linux.files.FileOperationException;
import gantry.linux.files.Xattrs;
import gantry.oci.compression.Compression;
import gantry.oci.compression.MalformedStreamException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers made to break out, or broken: whatever they hold, nothing outside the root changes. */
class HostileLayerTest {
  @TempDir Path temp;
  private Path root = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    root = Files.createDirectories(temp.resolve("root"));
    outside = Files.createDirectories(temp.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
  }

  @AfterEach
  void outside_isUntouched() throws IOException {
    assertThat(outside).isDirectoryContaining(path -> path.endsWith("secret"));
    try (var files = Files.list(outside)) {
      assertThat(files).hasSize(1);
    }
    assertThat(outside.resolve("secret")).hasContent("secret");
    assertThat(Files.getAttribute(outside.resolve("secret"), "unix:nlink")).isEqualTo(1);
    try (var files = Files.list(temp)) {
      assertThat(files).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../outside/x", "/../../outside/x", "a/../../outside/x", "./.././outside/x"})
  void dotDot_staysInside(String name) throws IOException {
    new Archive().file(name, "x").applyTo(root);

    assertThat(root.resolve("outside/x")).hasContent("x");
  }

  @Test
  void absoluteName_staysInside() throws IOException {
    new Archive().file(outside + "/x", "x").applyTo(root);

    assertThat(Path.of(root + outside.toString() + "/x")).hasContent("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", ".", "./", "..", "../..", "a/.."})
  void root_isIgnored(String name) throws IOException {
    new Archive().directory(name).applyTo(root);

    assertThat(root).isEmptyDirectory();
  }

  @Test
  void absoluteSymlinkAsParent_staysInside() throws IOException {
    new Archive().symlink("out", outside.toString()).file("out/x", "x").applyTo(root);

    assertThat(Path.of(root + outside.toString() + "/x")).hasContent("x");
  }

  @Test
  void relativeSymlinkAsParent_staysInside() throws IOException {
    new Archive().symlink("out", "../outside").file("out/x", "x").applyTo(root);

    assertThat(root.resolve("outside/x")).hasContent("x");
  }

  @Test
  void symlinkChain_staysInside() throws IOException {
    new Archive()
        .symlink("a", "b/..")
        .symlink("b", "c/../..")
        .symlink("c", "/../../../outside")
        .file("a/outside/x", "x")
        .applyTo(root);

    assertThat(root.resolve("outside/x")).hasContent("x");
  }

  @Test
  void symlinkLoopAsParent_isRefused() {
    Archive archive = new Archive().symlink("a", "b").symlink("b", "a").file("a/x", "x");

    assertThatThrownBy(() -> archive.applyTo(root)).isInstanceOf(FileOperationException.class);
  }

  @Test
  void symlinkReplacedByFile_isNotWrittenThrough() throws IOException {
    new Archive().symlink("x", outside.resolve("secret").toString()).file("x", "new").applyTo(root);

    assertThat(root.resolve("x")).isRegularFile().hasContent("new");
  }

  @Test
  void directoryReplacedBySymlink_isResolvedAnew() throws IOException {
    new Archive()
        .directory("d")
        .file("d/a", "a")
        .symlink("d", outside.toString())
        .file("d/b", "b")
        .applyTo(root);

    assertThat(root.resolve("d")).isSymbolicLink();
    assertThat(Path.of(root + outside.toString() + "/b")).hasContent("b");
  }

  @Test
  void directoryOverSymlink_replacesIt() throws IOException {
    new Archive().symlink("d", outside.toString()).directory("d").file("d/x", "x").applyTo(root);

    assertThat(Files.isDirectory(root.resolve("d"), LinkOption.NOFOLLOW_LINKS)).isTrue();
    assertThat(root.resolve("d/x")).hasContent("x");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../outside/secret", "/../outside/secret", "a/../../outside/secret"})
  void hardLinkOut_isRefused(String target) {
    Archive archive = new Archive().hardLink("x", target);

    assertThatThrownBy(() -> archive.applyTo(root)).isInstanceOf(FileOperationException.class);
  }

  @Test
  void hardLinkThroughSymlink_isRefused() {
    Archive archive = new Archive().symlink("out", outside.toString()).hardLink("x", "out/secret");

    assertThatThrownBy(() -> archive.applyTo(root)).isInstanceOf(FileOperationException.class);
  }

  @Test
  void hardLinkToSymlink_linksTheSymlink() throws IOException {
    new Archive()
        .symlink("s", outside.resolve("secret").toString())
        .hardLink("x", "s")
        .applyTo(root);

    assertThat(root.resolve("x")).isSymbolicLink();
  }

  @ParameterizedTest
  @ValueSource(strings = {"d", "d/", "d/.", "d/..", "/", ""})
  void hardLinkToDirectory_isRefused(String target) {
    Archive archive = new Archive().directory("d").hardLink("x", target);

    assertThatThrownBy(() -> archive.applyTo(root)).isInstanceOf(IOException.class);
    assertThat(root.resolve("x")).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(WhiteoutStyle.class)
  void whiteoutThroughSymlink_staysInside(WhiteoutStyle style) throws IOException {
    new Archive()
        .symlink("out", outside.toString())
        .file("out/.wh.secret", "")
        .file("out/.wh..wh..opq", "")
        .applyTo(root, style);
  }

  @ParameterizedTest
  @ValueSource(strings = {".wh.", ".wh..", ".wh..."})
  void whiteoutOfDots_isRefused(String name) {
    Archive archive = new Archive().file("d/e/x", "x").file("d/e/" + name, "");

    assertThatThrownBy(() -> archive.applyTo(root))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("invalid whiteout name");
    assertThat(root.resolve("d/e/x")).exists();
  }

  @Test
  void whiteoutOfSymlink_removesTheSymlink() throws IOException {
    new Archive().symlink("out", outside.toString()).file(".wh.out", "").applyTo(root);

    assertThat(root).isEmptyDirectory();
  }

  @Test
  void opaqueOverSymlinks_doesNotFollow() throws IOException {
    Files.createDirectories(root.resolve("d"));
    Files.createSymbolicLink(root.resolve("d/out"), outside);

    new Archive().symlink("d/mine", outside.toString()).file("d/.wh..wh..opq", "").applyTo(root);

    assertThat(Files.exists(root.resolve("d/out"), LinkOption.NOFOLLOW_LINKS)).isFalse();
    assertThat(root.resolve("d/mine")).isSymbolicLink();
  }

  @Test
  void deviceNumber_outOfRange_isRefused() {
    Archive archive = new Archive().node(EntryType.CHARACTER, "null", 1, 3);
    Archive huge = new Archive().node(EntryType.BLOCK, "disk", 2_000_000, 0);

    assertThatThrownBy(() -> huge.applyTo(root)).isInstanceOf(FileOperationException.class);
    assertThatThrownBy(() -> apply(withField(archive.bytes(), 329, -1)))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("device number");
  }

  @Test
  void fileUnderDevice_isRefused() {
    Archive archive = new Archive().node(EntryType.CHARACTER, "null", 1, 3).file("null/x", "x");

    assertThatThrownBy(() -> archive.applyTo(root)).hasMessageContaining("not a directory");
  }

  @Test
  void owner_thatMeansNone_isRefused() throws IOException {
    byte[] archive = new Archive().file("x", "x").bytes();

    assertThatThrownBy(() -> apply(withField(archive, 108, 0xffffffffL)))
        .hasMessageContaining("out of range");
    assertThatThrownBy(() -> apply(withField(archive, 116, -1))).hasMessageContaining("range");
  }

  @Test
  void trustedXattr_isLeftOut() throws IOException {
    byte[] value = "y".getBytes(StandardCharsets.UTF_8);
    Archive archive =
        new Archive().file("x", "x", Map.of("trusted.overlay.opaque", value, "user.kept", value));

    archive.applyTo(root);

    assertThat(Xattrs.list(root.resolve("x"))).containsExactly("user.kept");
    assertThat(archive.warnings).containsExactly("x: ignored xattr trusted.overlay.opaque");
  }

  @Test
  void name_longerThanAnyPath_isRefused() {
    Archive archive = new Archive().file("d/".repeat(3000) + "x", "x");

    assertThatThrownBy(() -> archive.applyTo(root))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("longer than 4096");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void name_withNul_isRefused() {
    Archive archive = new Archive().file("a\0b" + "c".repeat(100), "x");

    assertThatThrownBy(() -> archive.applyTo(root)).isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void hugeExtendedHeader_isRefusedUnread() throws IOException {
    byte[] archive = new Archive().file("ü", "x").bytes();

    assertThatThrownBy(() -> apply(withField(archive, 124, 1L << 40)))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("at most 1048576 are taken");
  }

  @Test
  void negativeSize_isRefused() throws IOException {
    byte[] archive = new Archive().file("x", "x").bytes();

    assertThatThrownBy(() -> apply(withField(archive, 124, -512)))
        .isInstanceOf(MalformedStreamException.class);
  }

  @Test
  void brokenChecksum_isRefused() throws IOException {
    byte[] archive = new Archive().file("x", "x").bytes();
    archive[0] = 'y';

    assertThatThrownBy(() -> apply(archive))
        .isInstanceOf(MalformedStreamException.class)
        .hasMessageContaining("invalid header at byte 0: checksum");
    assertThat(root).isEmptyDirectory();
  }

  @Test
  void truncatedArchive_isRefused() throws IOException {
    byte[] archive = new Archive().file("x", "x".repeat(5000)).bytes();

    for (int length : new int[] {1, 511, 600, 5000, 5511}) {
      assertThatThrownBy(() -> apply(Arrays.copyOf(archive, length)))
          .as("cut at %d", length)
          .isInstanceOf(MalformedStreamException.class)
          .hasMessageContaining("unexpected EOF");
    }
  }

  @Test
  void archiveCutBehindItsLastContent_isTaken() throws IOException {
    byte[] archive = new Archive().file("x", "x".repeat(5000)).bytes();

    for (int length : new int[] {5512, 5600, 5632, 6144}) {
      apply(Arrays.copyOf(archive, length));
      assertThat(root.resolve("x")).as("cut at %d", length).hasSize(5000);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"GZIP", "ZSTD"})
  void damagedCompression_isRefused(Compression compression) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = compression.pack(packed)) {
      out.write(new Archive().file("x", "some text ".repeat(5000)).bytes());
    }
    byte[] whole = packed.toByteArray();
    byte[] damaged = whole.clone();
    damaged[whole.length / 2] ^= 0x55;

    for (byte[] bad : new byte[][] {Arrays.copyOf(whole, whole.length - 5), damaged}) {
      assertThatThrownBy(
              () ->
                  Compression.unpack(new ByteArrayInputStream(bad))
                      .transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(MalformedStreamException.class);
    }
  }

  @Test
  void duplicates_theLastWins() throws IOException {
    new Archive()
        .file("x", "1")
        .directory("x")
        .file("x/y", "2")
        .file("x", "3")
        .file("x", "4")
        .applyTo(root);

    assertThat(root.resolve("x")).hasContent("4");
  }

  @Test
  void hardLinkToItself_isRefused() {
    Archive archive = new Archive().file("x", "x").hardLink("x", "x");

    assertThatThrownBy(() -> archive.applyTo(root)).isInstanceOf(FileOperationException.class);
  }

  private void apply(byte[] archive) throws IOException {
    new Archive().apply(new ByteArrayInputStream(archive), root, WhiteoutStyle.REMOVE);
  }

  /** Puts a number in base 256 into the first header and sums it anew. */
  private static byte[] withField(byte[] archive, int at, long value) {
    byte[] changed = archive.clone();
    int size = at == 124 ? 12 : 8;
    for (int i = 0; i < size; i++) {
      int shift = 8 * (size - 1 - i);
      changed[at + i] = (byte) (shift > 56 ? value >> 63 : value >> shift);
    }
    changed[at] |= (byte) 0x80;
    Arrays.fill(changed, 148, 156, (byte) ' ');
    int sum = 0;
    for (int i = 0; i < 512; i++) {
      sum += changed[i] & 0xff;
    }
    byte[] octal = "%06o\0".formatted(sum).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(octal, 0, changed, 148, octal.length);
    return changed;
  }
}
