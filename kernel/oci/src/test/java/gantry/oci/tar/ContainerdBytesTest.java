// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.linux.files.Directory;
import gantry.linux.files.FileStat;
import gantry.linux.files.OpenFile;
import gantry.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Equal layers have equal digests, whoever makes them. The digest here is that of {@code ctr
 * snapshots diff --media-type application/vnd.oci.image.layer.v1.tar} of containerd 1.6.20 for a
 * snapshot filled by {@link #fill}.
 */
class ContainerdBytesTest {
  private static final String CONTAINERD =
      "sha256:aa0bd85c4e640a59fc85b3cdb46f99954494a2e170903a4dbfce612677f9657c";
  private static final byte[] CAPABILITY = {
    1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  @Test
  void layer_hasTheBytesContainerdWrites(@TempDir Path empty, @TempDir Path tree)
      throws IOException {
    fill(tree);
    ByteArrayOutputStream layer = new ByteArrayOutputStream();

    LayerWriter.write(new LayerWriter.Trees(empty, tree, null), null, layer);

    assertThat(Digest.sha256(layer.toByteArray())).hasToString(CONTAINERD);
  }

  /** Makes at least one entry for each form a header can take. */
  static void fill(Path root) throws IOException {
    try (Directory directory = Directory.open(root)) {
      file(directory, "a", 1000, 04755);
      directory.changeOwner("a", 3_000_000, 5);
      directory.changeMode("a", 04755);
      directory.makeLink("a-twin", directory, "a");
      file(directory, "capable", 1, 0755);
      directory.xattrs("capable").set("security.capability", CAPABILITY);
      directory.xattrs("capable").set("user.left-out", CAPABILITY);
      directory.makeNode("char", FileStat.CHARACTER | 0660, 5, 70_000);
      directory.makeNode("pipe", FileStat.FIFO | 0644, 0, 0);
      directory.changeMode("char", 0640);
      directory.changeMode("pipe", 0644);
      directory.makeNode("socket", FileStat.SOCKET | 0644, 0, 0);
      directory.makeSymlink("link", "a");
      directory.makeSymlink("long-link", "x".repeat(150));
      file(directory, "late", 0, 0600);
      file(directory, "early", 0, 0600);
      file(directory, "n".repeat(150), 3, 0644);
      file(directory, "üñí", 513, 0644);
      directory.makeDirectory("d".repeat(90), 01777);
      directory.changeMode("d".repeat(90), 01777);
      try (Directory deep = directory.child("d".repeat(90))) {
        deep.makeDirectory("e".repeat(60), 0700);
        try (Directory deeper = deep.child("e".repeat(60))) {
          file(deeper, "f".repeat(99), 0, 0644);
          file(deeper, "f".repeat(101), 0, 0644);
          setTimes(deeper);
        }
        setTimes(deep);
      }
      setTimes(directory);
      directory.changeTimes("late", Archive.TIME, Instant.ofEpochSecond(1L << 33));
      directory.changeTimes("early", Archive.TIME, Instant.ofEpochSecond(-5));
    }
  }

  private static void setTimes(Directory directory) throws IOException {
    for (String name : directory.list()) {
      directory.changeTimes(name, Archive.TIME, Archive.TIME.plusMillis(700));
    }
  }

  private static void file(Directory directory, String name, int size, int mode)
      throws IOException {
    try (OpenFile file = directory.create(name, 0600)) {
      file.write(new byte[size], 0, size);
      file.changeMode(mode);
    }
  }

  /** Fills a directory, to ask containerd anew. */
  public static void main(String[] arguments) throws IOException {
    fill(Files.createDirectories(Path.of(arguments[0])));
  }
}
