// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Digest;
import gantry.oci.compression.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HostileArchiveTest {
  private static final byte[] BLOB = "content".getBytes(UTF_8);
  private static final String BLOB_PATH = "blobs/sha256/" + Digest.sha256(BLOB).hex();

  private final MemoryBlobs blobs = new MemoryBlobs();

  static Stream<Arguments> archives() {
    return Stream.of(
        refused("nothing at all", "unrecognized image format", new byte[0]),
        refused("no tar", "damaged", "this is text, not an archive of images\n".repeat(99)),
        refused("an empty archive", "unrecognized image format", new TarImage().bytes()),
        refused(
            "only repositories",
            "without manifest.json",
            new TarImage().file("repositories", "{}").bytes()),
        refused(
            "a layout without index", "lacks index.json", new TarImage().layoutVersion().bytes()),
        refused(
            "a layout of the future",
            "unsupported OCI version \"2.0.0\"",
            new TarImage().file("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}").bytes()),
        refused(
            "a name that leads out",
            "leads out of the archive",
            new TarImage().file("a/../../etc/passwd", "x").bytes()),
        refused(
            "a link that leads out",
            "leads out of the archive",
            new TarImage().symlink("layer.tar", "../../../etc/passwd").bytes()),
        refused(
            "a blob that is another",
            "unexpected digest",
            new TarImage().file(BLOB_PATH, "other").bytes()),
        refused(
            "a blob of no digest",
            "invalid checksum digest",
            new TarImage().file("blobs/sha256/abc", "x").bytes()),
        refused(
            "a blob of an unknown digest",
            "unsupported digest algorithm",
            new TarImage().file("blobs/md5/d41d8cd98f00b204e9800998ecf8427e", "x").bytes()),
        refused(
            "two files of one name",
            "two different files \"index.json\"",
            new TarImage().file("index.json", "{}").file("./index.json", "{ }").bytes()),
        refused(
            "two docker manifests",
            "two files \"manifest.json\"",
            new TarImage().file("manifest.json", "[]").file("manifest.json", "[]").bytes()),
        refused(
            "a docker manifest that is none",
            "it is not a list of images",
            new TarImage().file("manifest.json", "{}").bytes()),
        refused(
            "a docker manifest of nesting",
            "nesting depth",
            new TarImage().file("manifest.json", "[".repeat(100_000)).bytes()),
        refused(
            "a docker image without its config",
            "image config \"c.json\" not found",
            new TarImage().file("manifest.json", "[{\"Config\":\"c.json\"}]").bytes()),
        refused(
            "a docker image without its layer",
            "layer \"l.tar\" not found",
            new TarImage()
                .file("c.json", "{}")
                .file("manifest.json", "[{\"Config\":\"c.json\",\"Layers\":[\"l.tar\"]}]")
                .bytes()),
        refused(
            "a layer that is a circle of links",
            "layer \"a\" not found",
            new TarImage()
                .file("c.json", "{}")
                .symlink("a", "b")
                .symlink("b", "a")
                .file("manifest.json", "[{\"Config\":\"c.json\",\"Layers\":[\"a\"]}]")
                .bytes()),
        refused(
            "a docker image of a bad name",
            "invalid reference format",
            new TarImage()
                .file("c.json", "{}")
                .file("manifest.json", "[{\"Config\":\"c.json\",\"RepoTags\":[\"a b\"]}]")
                .bytes()),
        refused(
            "a huge index",
            "at most 8388608 are taken",
            new TarImage().file("index.json", " ".repeat((8 << 20) + 1)).bytes()),
        refused(
            "a huge docker manifest",
            "at most 8388608 are taken",
            new TarImage().file("manifest.json", " ".repeat((8 << 20) + 1)).bytes()),
        refused(
            "an archive that breaks off",
            "damaged or not complete",
            Arrays.copyOf(new TarImage().blob(new byte[5000]).bytes(), 3000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("archives")
  void archive_isRefused(String what, String why, byte[] archive) {
    assertThatThrownBy(
            () -> new ArchiveReader(blobs, false).read(new ByteArrayInputStream(archive)))
        .as(what)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(why);
    assertThat(blobs.open()).isZero();
  }

  @Test
  void sameBlobTwice_isFine() throws IOException {
    InputStream archive =
        new TarImage()
                .blob(BLOB)
                .blob(BLOB)
                .layoutVersion()
                .file("index.json", "{\"manifests\":[]}")
                .stream();

    new ArchiveReader(blobs, false).read(archive);

    assertThat(blobs.size()).isEqualTo(2);
  }

  @Test
  void manyFiles_areRefused() {
    TarImage archive = new TarImage();
    for (int i = 0; i <= 1 << 16; i++) {
      archive.symlink("l" + i, "x");
    }

    assertThatThrownBy(() -> new ArchiveReader(blobs, false).read(archive.stream()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("more than 65536 files");
  }

  @Test
  void endlessTrailer_isRefused() {
    InputStream archive =
        new SequenceInputStream(
            new TarImage().layoutVersion().stream(),
            new InputStream() {
              @Override
              public int read() {
                return 0;
              }

              @Override
              public int read(byte[] bytes, int offset, int length) {
                return length;
              }
            });

    assertThatThrownBy(() -> new ArchiveReader(blobs, false).read(archive))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("follow the end of the archive");
  }

  @Test
  void damagedChecksumOfGzip_isRefused() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = Compression.GZIP.pack(packed)) {
      out.write(new TarImage().layoutVersion().file("index.json", "{}").bytes());
    }
    byte[] bytes = packed.toByteArray();
    bytes[bytes.length - 8] ^= 1;

    assertThatThrownBy(() -> new ArchiveReader(blobs, false).read(new ByteArrayInputStream(bytes)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("damaged");
  }

  @Test
  void bomb_isStopped() throws IOException {
    InflationLimit limit = new InflationLimit(1000);
    InputStream packed = limit.packed(new ByteArrayInputStream(new byte[10]));
    assertThat(packed.readAllBytes()).hasSize(10);
    InputStream unpacked = limit.unpacked(new ByteArrayInputStream(new byte[100_000]));
    assertThat(unpacked.readNBytes(5000)).hasSize(5000);

    assertThatThrownBy(unpacked::readAllBytes)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("that is no image");
  }

  private static Arguments refused(String what, String why, String archive) {
    return refused(what, why, archive.getBytes(UTF_8));
  }

  private static Arguments refused(String what, String why, byte[] archive) {
    return Arguments.of(what, why, archive);
  }
}
