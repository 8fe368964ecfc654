// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.image.Index;
import gantry.oci.image.Manifest;
import gantry.oci.image.PlatformMatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives to and from other tools: an image made by umoci, moved by skopeo. */
class ToolsTest {
  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path directory;

  private final MemoryBlobs blobs = new MemoryBlobs();

  @BeforeEach
  void image() throws IOException, InterruptedException {
    Files.createDirectories(directory.resolve("files/etc"));
    Files.writeString(directory.resolve("files/etc/motd"), "hello\n");
    run("umoci", "init", "--layout", "made");
    run("umoci", "new", "--image", "made:first");
    run("umoci", "insert", "--image", "made:first", "files/etc", "/etc");
    run("umoci", "config", "--image", "made:first", "--config.cmd", "sh && <x>");
  }

  @Test
  void layoutOfUmoci_isReadAndWrittenForSkopeo() throws IOException, InterruptedException {
    run("tar", "-C", "made", "-cf", "made.tar", ".");

    Descriptor image = only("made.tar");
    write("ours.tar", "example.com/a/b:first", image);

    assertThat(digest("oci-archive:ours.tar:first")).isEqualTo(digest("oci:made:first"));
    assertThat(digest("oci:made:first")).isEqualTo(image.digest());
    run("skopeo", "copy", "oci-archive:ours.tar:first", "oci:back:first");
    run("umoci", "unpack", "--image", "back:first", "bundle");
    assertThat(directory.resolve("bundle/rootfs/etc/motd")).hasContent("hello\n");
  }

  @Test
  void ociArchiveOfSkopeo_isRead() throws IOException, InterruptedException {
    run("skopeo", "copy", "oci:made:first", "oci-archive:theirs.tar:first");

    assertThat(only("theirs.tar").digest()).isEqualTo(digest("oci:made:first"));
  }

  @Test
  void dockerArchiveOfSkopeo_isReadAndTakenBack() throws IOException, InterruptedException {
    run("skopeo", "copy", "oci:made:first", "docker-archive:theirs.tar:example.com/a/b:1");

    Descriptor image = only("theirs.tar");
    write("ours.tar", "example.com/a/b:1", image);

    assertThat(image.annotations())
        .containsEntry(LayoutNames.IMAGE_NAME, "example.com/a/b:1")
        .containsEntry(LayoutNames.REF_NAME, "1");
    Manifest manifest = Manifest.parse(blobs.document(image.digest()));
    assertThat(config("docker-archive:ours.tar:example.com/a/b:1"))
        .isEqualTo(config("docker-archive:theirs.tar:example.com/a/b:1"))
        .isEqualTo(manifest.config().digest());
  }

  private Descriptor only(String archive) throws IOException {
    try (InputStream in = Files.newInputStream(directory.resolve(archive))) {
      Descriptor index = new ArchiveReader(blobs, false).read(in);
      List<Descriptor> images =
          Index.parse(blobs.document(index.digest())).manifests().stream()
              .map(entry -> entry.descriptor())
              .toList();
      assertThat(images).hasSize(1);
      return images.getFirst();
    }
  }

  private void write(String archive, String name, Descriptor image) throws IOException {
    ArchiveWriter writer =
        new ArchiveWriter(
            blobs, new ArchiveWriter.Options(PlatformMatcher.ALL, true, false, false));
    writer.add(name, image);
    try (OutputStream out = Files.newOutputStream(directory.resolve(archive))) {
      writer.write(out);
    }
  }

  /** Digest of the manifest. */
  private Digest digest(String image) throws IOException, InterruptedException {
    return Digest.sha256(run("skopeo", "inspect", "--raw", image));
  }

  private Digest config(String image) throws IOException, InterruptedException {
    return Digest.sha256(run("skopeo", "inspect", "--config", "--raw", image));
  }

  private byte[] run(String... command) throws IOException, InterruptedException {
    Path errors = directory.resolve("stderr");
    Path output = Files.createTempFile(directory, "stdout", "");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectError(errors.toFile())
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as("%s: %s", String.join(" ", command), Files.readString(errors))
        .isZero();
    return Files.readAllBytes(output);
  }
}
