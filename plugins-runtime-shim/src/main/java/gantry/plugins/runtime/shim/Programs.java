// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.UnknownException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Finds the program that a runtime's name stands for. Immutable. */
final class Programs {
  private final List<Path> directories;

  /**
   * Prepares.
   *
   * @param path directories separated by colons, as in the environment variable PATH
   * @param last searched after those
   */
  Programs(String path, Path last) {
    directories =
        Stream.concat(
                Arrays.stream(path.split(":")).filter(p -> p.startsWith("/")).map(Path::of),
                Stream.of(last))
            .toList();
  }

  /**
   * The program of a runtime.
   *
   * @param runtime an absolute path, or a name whose last two words name the program, as {@code
   *     io.containerd.runc.v2} names {@code containerd-shim-runc-v2}
   * @throws UnknownException if there is none; the words are those clients know
   */
  Path find(String runtime) {
    if (runtime.startsWith("/")) {
      Path program = Path.of(runtime);
      if (!Files.exists(program)) {
        throw unresolved(
            "invalid custom binary path: stat %s: no such file or directory".formatted(runtime));
      }
      return program;
    }
    String name = name(runtime);
    return directories.stream()
        .map(directory -> directory.resolve(name))
        .filter(program -> Files.isRegularFile(program) && Files.isExecutable(program))
        .findFirst()
        .orElseThrow(
            () ->
                unresolved(
                    "runtime \"%s\" binary not installed \"%s\": file does not exist"
                        .formatted(runtime, name)));
  }

  private static String name(String runtime) {
    List<String> words = List.of(runtime.split("\\.", -1));
    if (runtime.contains("/") || words.size() < 2 || words.contains("")) {
      throw unresolved(
          "invalid runtime name %s, want one like io.containerd.runc.v2 or the path of a program"
              .formatted(runtime));
    }
    return "containerd-shim-%s-%s".formatted(words.get(words.size() - 2), words.getLast());
  }

  private static UnknownException unresolved(String reason) {
    return new UnknownException("failed to resolve runtime path: " + reason);
  }
}
