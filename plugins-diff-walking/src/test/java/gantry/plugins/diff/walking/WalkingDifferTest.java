// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.diff.DiffOptions;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnimplementedException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.TempMount;
import gantry.linux.files.Directory;
import gantry.linux.files.Xattrs;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.mounts.Mount;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;
import gantry.oci.tar.EntryType;
import gantry.oci.tar.TarEntry;
import gantry.oci.tar.TarWriter;
import gantry.testkit.FixedHandle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WalkingDifferTest {
  private static final Caller CALLER = Caller.of(new Namespace("test"));
  private static final DiffOptions OPTIONS = new DiffOptions("", "", Labels.none(), null);

  @TempDir Path temp;
  private final MemoryContent content = new MemoryContent();
  private final FixedHandle<Metadata> metadata = FixedHandle.of(content);
  private Path mounts = Path.of("");
  private Path lower = Path.of("");
  private Path upper = Path.of("");
  private WalkingDiffer differ =
      new WalkingDiffer(metadata, mounts, new StreamProcessors(List.of()));

  @BeforeEach
  void prepare() throws IOException {
    mounts = Files.createDirectory(temp.resolve("mounts"));
    lower = Files.createDirectory(temp.resolve("lower"));
    upper = Files.createDirectory(temp.resolve("upper"));
    Files.createDirectory(temp.resolve("work"));
    differ = new WalkingDiffer(metadata, mounts, new StreamProcessors(List.of()));
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    assertThat(mounts).isEmptyDirectory();
    assertThat(metadata.openLeases()).isZero();
    assertThat(content.ingests).isEmpty();
    assertThat(Files.readString(Path.of("/proc/self/mounts"))).doesNotContain(temp.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "NONE, application/vnd.oci.image.layer.v1.tar",
    "GZIP, application/vnd.oci.image.layer.v1.tar+gzip",
    "ZSTD, application/vnd.oci.image.layer.v1.tar+zstd",
    "ZSTD, application/vnd.oci.image.layer.v1.tar+gzip",
    "NONE, application/vnd.docker.image.rootfs.diff.tar.gzip",
    "GZIP, application/vnd.docker.image.rootfs.diff.tar",
  })
  void apply_toBind_unpacksAndTellsTheUncompressedLayer(Compression compression, String mediaType)
      throws IOException {
    byte[] tar = tar("a/file", ".wh.gone");
    Files.writeString(lower.resolve("gone"), "x");

    Descriptor applied = apply(add(compression, tar, mediaType), bind(lower));

    assertThat(applied)
        .isEqualTo(Descriptor.of(MediaTypes.OCI_LAYER, Digest.sha256(tar), tar.length));
    assertThat(lower.resolve("a/file")).hasContent("content");
    assertThat(lower.resolve("gone")).doesNotExist();
  }

  @Test
  void apply_readsWhatFollowsTheArchive() throws IOException {
    byte[] tar = Arrays.copyOf(tar("file"), 1_000_000);

    Descriptor applied = apply(add(Compression.GZIP, tar, MediaTypes.OCI_LAYER_GZIP), bind(lower));

    assertThat(applied.digest()).isEqualTo(Digest.sha256(tar));
    assertThat(applied.size()).isEqualTo(1_000_000);
  }

  @Test
  void apply_toOverlay_writesIntoItsUpperDirectory() throws IOException {
    Files.createDirectory(lower.resolve("d"));
    Files.writeString(lower.resolve("d/old"), "x");
    Files.writeString(lower.resolve("gone"), "x");
    Descriptor layer =
        add(
            Compression.GZIP,
            tar("d/.wh..wh..opq", "d/new", ".wh.gone"),
            MediaTypes.OCI_LAYER_GZIP);

    apply(layer, overlay());

    try (Directory directory = Directory.open(upper)) {
      assertThat(directory.stat("gone").isOverlayWhiteout()).isTrue();
    }
    assertThat(Xattrs.list(upper.resolve("d"))).contains("trusted.overlay.opaque");
    try (TempMount merged = TempMount.of(overlay(), temp)) {
      assertThat(merged.path().resolve("d/new")).exists();
      assertThat(merged.path().resolve("d/old")).doesNotExist();
      assertThat(merged.path().resolve("gone")).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 40, 80})
  void apply_ofTruncatedLayer_isRefused(int length) throws IOException {
    byte[] packed = pack(Compression.GZIP, tar("file"));
    Descriptor layer = layer(Arrays.copyOf(packed, length), MediaTypes.OCI_LAYER_GZIP);

    assertThatThrownBy(() -> apply(layer, bind(lower)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("apply layer sha256:")
        .hasMessageContaining("unexpected EOF");
  }

  @Test
  void apply_ofCorruptLayer_isRefused() throws IOException {
    byte[] packed = pack(Compression.GZIP, tar("file"));
    packed[packed.length - 6] ^= 1;
    byte[] text = "this is no archive".repeat(100).getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> apply(layer(packed, MediaTypes.OCI_LAYER_GZIP), bind(lower)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("checksum does not match");
    assertThatThrownBy(() -> apply(layer(text, MediaTypes.OCI_LAYER), bind(lower)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("invalid header at byte 0");
    assertThatThrownBy(
            () -> apply(add(Compression.GZIP, tar("file"), MediaTypes.OCI_LAYER), bind(lower)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("read tar: ");
  }

  @Test
  void apply_ofWhatIsNotHere_isRefused() {
    Descriptor missing = Descriptor.of(MediaTypes.OCI_LAYER_GZIP, Digest.sha256(new byte[0]), 0);
    Descriptor config = Descriptor.of(MediaTypes.OCI_CONFIG, Digest.sha256(new byte[0]), 0);

    assertThatThrownBy(() -> differ.apply(CALLER, missing, bind(lower), Map.of(), false))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> differ.apply(CALLER, config, bind(lower), Map.of(), false))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("no processor for media-type");
  }

  @Test
  void compare_ofOverlay_makesTheLayerOfItsChanges() throws IOException {
    fillLower();
    changeThroughOverlay();

    Descriptor made = differ.compare(CALLER, bind(lower), overlay(), OPTIONS);
    Descriptor walked =
        differ.compare(
            CALLER,
            bind(lower),
            overlay("index=on"),
            new DiffOptions(MediaTypes.OCI_LAYER, "mine", Labels.none(), null));

    assertThat(made.mediaType()).isEqualTo(MediaTypes.OCI_LAYER_GZIP);
    assertThat(content.info(made.digest()).labels().find(WellKnown.UNCOMPRESSED))
        .as("the whole walk finds the same as the one of the upper directory")
        .hasValue(walked.digest().toString());
    assertThat(content.info(made.digest()).size()).isEqualTo(made.size());
    Path copy = Files.createDirectory(temp.resolve("copy"));
    Path empty = Files.createDirectory(temp.resolve("empty"));
    Descriptor base = differ.compare(CALLER, bind(empty), bind(lower), OPTIONS);
    differ.apply(CALLER, base, bind(copy), Map.of(), false);
    differ.apply(CALLER, made, bind(copy), Map.of(), true);
    try (TempMount merged = TempMount.of(overlay(), temp)) {
      assertThat(listing(copy)).isEqualTo(listing(merged.path())).hasSizeGreaterThan(10);
    }
  }

  @Test
  void compare_twice_givesTheSameBlobAndKeepsLabels() throws IOException {
    Files.writeString(upper.resolve("f"), "x");
    DiffOptions options =
        new DiffOptions(
            MediaTypes.OCI_LAYER_ZSTD,
            "ref",
            Labels.of(Map.of("k", "v")),
            Instant.ofEpochSecond(9));

    Descriptor first = differ.compare(CALLER, bind(lower), bind(upper), options);
    content.labels.put(first.digest(), Labels.none());
    Descriptor second = differ.compare(CALLER, bind(lower), bind(upper), options);

    assertThat(second).isEqualTo(first);
    assertThat(content.info(first.digest()).labels().find(WellKnown.UNCOMPRESSED)).isPresent();
  }

  @Test
  void compare_ofUnknownType_isRefused() {
    DiffOptions options = new DiffOptions("application/json", "", Labels.none(), null);

    assertThatThrownBy(() -> differ.compare(CALLER, bind(lower), bind(upper), options))
        .isInstanceOf(UnimplementedException.class)
        .hasMessageContaining("unsupported diff media type");
  }

  private void fillLower() throws IOException {
    Files.createDirectories(lower.resolve("opaque/deep"));
    Files.writeString(lower.resolve("opaque/deep/f"), "x");
    Files.createDirectories(lower.resolve("kept/a/b"));
    Files.writeString(lower.resolve("kept/a/b/f"), "x");
    Files.writeString(lower.resolve("kept/one"), "x");
    Files.createLink(lower.resolve("kept/two"), lower.resolve("kept/one"));
    Files.writeString(lower.resolve("changed"), "x");
    Files.writeString(lower.resolve("gone"), "x");
    Files.createDirectories(lower.resolve("becomes-file"));
  }

  private void changeThroughOverlay() throws IOException {
    try (TempMount mount = TempMount.of(overlay(), temp);
        Directory directory = Directory.open(mount.path())) {
      Path root = mount.path();
      directory.removeTree("opaque");
      Files.createDirectories(root.resolve("opaque/deep"));
      Files.writeString(root.resolve("opaque/deep/g"), "new");
      Files.writeString(root.resolve("kept/a/b/new"), "new");
      Files.writeString(root.resolve("kept/one"), "longer");
      Files.writeString(root.resolve("changed"), "other");
      directory.remove("gone");
      directory.removeTree("becomes-file");
      Files.writeString(root.resolve("becomes-file"), "file");
      Files.setPosixFilePermissions(root.resolve("kept/a"), Set.of());
    }
  }

  private Descriptor layer(byte[] blob, String mediaType) {
    return Descriptor.of(mediaType, content.add(blob), blob.length);
  }

  private Descriptor apply(Descriptor layer, List<Mount> target) throws IOException {
    return differ.apply(CALLER, layer, target, Map.of(), false);
  }

  private Descriptor add(Compression compression, byte[] tar, String mediaType) throws IOException {
    return layer(pack(compression, tar), mediaType);
  }

  /** Without times, which a layer has in whole seconds. */
  private static List<String> listing(Path root) throws IOException {
    try (var paths = Files.walk(root)) {
      return paths.sorted().map(path -> describe(root, path)).toList();
    }
  }

  private static String describe(Path root, Path path) {
    try {
      return "%s %s %s"
          .formatted(
              root.relativize(path),
              Files.getAttribute(path, "unix:mode"),
              Files.isRegularFile(path) ? Files.readString(path) : "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] pack(Compression compression, byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = compression.pack(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static byte[] tar(String... names) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    TarWriter tar = new TarWriter(bytes);
    byte[] data = "content".getBytes(StandardCharsets.UTF_8);
    for (String name : names) {
      int size = name.contains(".wh.") ? 0 : data.length;
      tar.entry(TarEntry.of(EntryType.REGULAR, name, 0644, size, Instant.ofEpochSecond(1)));
      tar.content(data, 0, size);
    }
    tar.finish();
    return bytes.toByteArray();
  }

  private static List<Mount> bind(Path path) {
    return List.of(Mount.of("bind", path.toString(), List.of("rw", "rbind")));
  }

  private List<Mount> overlay(String... more) {
    List<String> options =
        new ArrayList<>(
            List.of("workdir=" + temp.resolve("work"), "upperdir=" + upper, "lowerdir=" + lower));
    options.addAll(List.of(more));
    return List.of(Mount.of("overlay", "overlay", options));
  }
}
