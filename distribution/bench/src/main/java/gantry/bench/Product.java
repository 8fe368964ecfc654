// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A daemon that can be started.
 *
 * @param isPeer whether it is the one Gantry is compared with
 * @param program the daemon's program
 */
record Product(boolean isPeer, Path program) {
  /** The installed Gantry. */
  static Product gantry(Path install) {
    return new Product(false, install.resolve("bin/gantryd"));
  }

  /** A containerd. */
  static Product containerd(Path program) {
    return new Product(true, program);
  }

  /** Short, for files and tables. */
  String name() {
    return isPeer ? "containerd" : "gantry";
  }

  /**
   * The command that starts it with all its data below two directories.
   *
   * @param group where its supervisor is to be, if it has one
   */
  List<String> command(Path home, Path state, String group) throws IOException {
    Path config = home.resolve("config.toml");
    if (!isPeer) {
      // by default all supervisors of a host share one group, and their time could not be told
      Files.writeString(
          config,
          """
          version = 4
          imports = ["%s"]
          [plugins."io.containerd.shim.v1.manager"]
            cgroup = "%s"
          """
              .formatted(program.resolveSibling("../etc/gantry/config.toml").normalize(), group));
      return List.of(
          program.toString(),
          "-c",
          config.toString(),
          "--root",
          home.resolve("root").toString(),
          "--state",
          state.toString(),
          "-a",
          home.resolve("d.sock").toString());
    }
    Files.writeString(
        config,
        """
        version = 2
        root = "%1$s/root"
        state = "%2$s"
        disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.images", \
        "io.containerd.cri.v1.runtime", "io.containerd.nri.v1.nri"]
        [grpc]
          address = "%1$s/d.sock"
        [ttrpc]
          address = "%1$s/d.sock.ttrpc"
        """
            .formatted(home, state));
    return List.of(program.toString(), "-c", config.toString());
  }

  /**
   * Removes the state of one that was killed, and what a containerd leaves elsewhere: the sockets
   * of its shims, whose paths are in their bundles, and runc's state.
   */
  void clean(Path state, String namespace) {
    Path bundles = state.resolve("io.containerd.runtime.v2.task").resolve(namespace);
    try {
      if (isPeer && Files.isDirectory(bundles)) {
        try (Stream<Path> tree = Files.walk(bundles, 2)) {
          for (Path file : tree.filter(f -> f.endsWith("address")).toList()) {
            Files.deleteIfExists(Path.of(Files.readString(file).strip().replace("unix://", "")));
          }
        }
      }
      Directories.delete(state);
      if (isPeer) {
        Directories.delete(Path.of("/run/containerd/runc").resolve(namespace));
      }
    } catch (IOException e) {
      System.err.println("bench: " + e);
    }
  }

  /** Where to look for programs: those beside the daemon come first, its shim above all. */
  String path() {
    return directory() + ":" + System.getenv().getOrDefault("PATH", "/usr/sbin:/usr/bin");
  }

  /** A program beside this one, or else as a shell finds it. */
  Path beside(String name) {
    Path there = directory().resolve(name);
    return Files.isExecutable(there) ? there : Programs.find(name);
  }

  private Path directory() {
    Path directory = program.toAbsolutePath().getParent();
    return directory == null ? Path.of("/") : directory;
  }
}
