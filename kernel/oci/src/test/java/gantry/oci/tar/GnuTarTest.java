// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.oci.compression.UncompressedStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of GNU tar in each of its formats, and ours in its hands. */
class GnuTarTest {
  @TempDir Path temp;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--format=gnu",
        "--format=oldgnu",
        "--format=ustar",
        "--format=v7",
        "--format=posix",
        "--format=gnu --sparse",
        "--format=posix --sparse --sparse-version=0.0",
        "--format=posix --sparse --sparse-version=0.1",
        "--format=posix --sparse --sparse-version=1.0",
        "--format=posix --gzip",
        "--format=gnu --zstd"
      })
  void archive_isUnpackedAsTarDoes(String options) throws Exception {
    boolean shortNames = options.contains("v7");
    boolean ustar = options.contains("ustar");
    Path tree = Files.createDirectories(temp.resolve("tree"));
    fill(tree, shortNames, ustar);
    Path archive = temp.resolve("archive");
    List<String> command = new ArrayList<>(List.of("tar", "-C", tree.toString()));
    command.addAll(List.of(options.split(" ")));
    command.addAll(List.of("-c", "-f", archive.toString(), "."));
    run(command);
    Path unpacked = Files.createDirectories(temp.resolve("unpacked"));

    try (InputStream in = UncompressedStream.open(Files.newInputStream(archive))) {
      LayerApplier.apply(
          in, unpacked, new LayerApplier.Options(WhiteoutStyle.REMOVE, List.of(), true, w -> {}));
    }

    assertThat(listing(unpacked)).isEqualTo(listing(tree));
    if (options.contains("--sparse")) {
      assertThat(allocated(unpacked.resolve("sparse"))).isLessThan(1 << 20);
    }
  }

  @Test
  void archiveOfOurs_isUnpackedByTar() throws Exception {
    Path tree = Files.createDirectories(temp.resolve("tree"));
    fill(tree, false, false);
    Path archive = temp.resolve("archive");
    Path empty = Files.createDirectories(temp.resolve("empty"));
    try (var out = Files.newOutputStream(archive)) {
      LayerWriter.write(new LayerWriter.Trees(empty, tree, null), null, out);
    }
    Path unpacked = Files.createDirectories(temp.resolve("unpacked"));

    run(List.of("tar", "-C", unpacked.toString(), "-xpf", archive.toString()));

    assertThat(listing(unpacked)).isEqualTo(listing(tree));
  }

  private static void fill(Path tree, boolean shortNames, boolean ustar) throws Exception {
    Files.writeString(tree.resolve("file"), "content");
    Files.createLink(tree.resolve("twin"), tree.resolve("file"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("file"));
    Files.createDirectories(tree.resolve("d/e"));
    Files.write(tree.resolve("d/e/big"), new byte[300_000]);
    if (!shortNames) {
      Path deep = Files.createDirectories(tree.resolve("p".repeat(60)).resolve("q".repeat(60)));
      Files.writeString(deep.resolve("r".repeat(ustar ? 20 : 140)), "deep");
      if (!ustar) {
        Files.createSymbolicLink(tree.resolve("far"), Path.of("t".repeat(200)));
      }
      run(List.of("mkfifo", tree.resolve("pipe").toString()));
    }
    run(List.of("truncate", "-s", "4M", tree.resolve("sparse").toString()));
    run(
        List.of(
            "sh",
            "-c",
            "for i in $(seq 0 60); do printf data$i | dd of="
                + tree.resolve("sparse")
                + " bs=4096 seek=$((i*16+3)) conv=notrunc status=none; done"));
    run(List.of("chown", "-h", "-R", "1234:5678", tree.toString()));
    run(List.of("find", tree.toString(), "-exec", "touch", "-h", "-d", "@1111111111", "{}", "+"));
  }

  private static String listing(Path tree) throws Exception {
    return run(
        List.of(
            "sh",
            "-c",
            "cd "
                + tree
                + " && find . -mindepth 1 -printf '%p %y %m %U:%G %n %T@ %l\\n"
                + "' | sort && find . -type f -exec sha256sum '{}' + | sort"));
  }

  private static long allocated(Path file) throws Exception {
    return Long.parseLong(run(List.of("stat", "-c", "%b", file.toString())).strip()) * 512;
  }

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(command + ": " + output).isZero();
    return output;
  }

  @Test
  void concatenatedArchiveEnd_isTheFirstMark() throws IOException {
    TarReader reader = new TarReader(new ByteArrayInputStream(new byte[4096]));

    assertThat(reader.next()).isNull();
    assertThat(reader.next()).isNull();
  }
}
