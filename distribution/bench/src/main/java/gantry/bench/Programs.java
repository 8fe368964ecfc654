// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host, run to their end. */
final class Programs {
  private static final int DEADLINE_SECONDS = 600;

  private Programs() {}

  /** A program as a shell would find it; only its name if there is none. */
  static Path find(String name) {
    for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      Path program = Path.of(directory, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    return Path.of(name);
  }

  /**
   * Runs a program and returns what it wrote, both streams together.
   *
   * @throws IOException if it cannot be run, fails, or takes longer than ten minutes
   */
  static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .start();
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IOException("%s: %s".formatted(String.join(" ", command), output));
      }
      return output;
    } finally {
      process.destroyForcibly();
    }
  }
}
