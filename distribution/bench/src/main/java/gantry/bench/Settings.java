// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What is measured and how thoroughly.
 *
 * @param install an installed Gantry
 * @param peer program of the containerd beside it
 * @param rows names of rows; none means all
 * @param rounds how often each side has its turn; 0 leaves it to the row
 * @param isShort small numbers: shows that each row works, and no more
 * @param work a directory for all data, on the file system that is measured
 */
record Settings(Path install, Path peer, Set<String> rows, int rounds, boolean isShort, Path work) {
  /** Reads {@code BENCH_PEER}, {@code ROWS}, {@code ROUNDS} and {@code SHORT}. */
  static Settings of(Path install, Path work, Map<String, String> environment) {
    Set<String> rows = new TreeSet<>();
    Arrays.stream(environment.getOrDefault("ROWS", "").split("[ ,]+", -1))
        .filter(row -> !row.isEmpty())
        .forEach(rows::add);
    String peer = environment.getOrDefault("BENCH_PEER", "");
    return new Settings(
        install.toAbsolutePath(),
        peer.isEmpty() ? Programs.find("containerd") : Path.of(peer).toAbsolutePath(),
        rows,
        Integer.parseInt(environment.getOrDefault("ROUNDS", "0")),
        environment.getOrDefault("SHORT", "").equals("1"),
        work.toAbsolutePath());
  }

  /**
   * Where daemons have what does not outlive a reboot: in memory, as {@code /run} is on ordinary
   * hosts, if this host has any such place.
   */
  Path stateBase() {
    return Stream.of("/run", "/dev/shm")
        .map(Path::of)
        .filter(path -> type(path).equals("tmpfs"))
        .findFirst()
        .orElse(work);
  }

  private static String type(Path path) {
    try {
      return Files.getFileStore(path).type();
    } catch (IOException e) {
      return "";
    }
  }

  /** A number of things: the whole one, or that of the short form. */
  int many(int whole, int brief) {
    return isShort ? brief : whole;
  }

  /** How many rounds: what was asked for, or the row's own number. */
  int rounds(int whole, int brief) {
    return rounds > 0 ? rounds : many(whole, brief);
  }
}
