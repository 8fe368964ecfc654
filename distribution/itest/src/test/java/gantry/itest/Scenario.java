// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A sequence of shell snippets, run in order against one daemon. A file holds {@code == name} lines
 * and below each a snippet; a line {@code != name} marks a step whose outcome is meant to differ
 * from containerd's, with the reason as a comment in the snippet; what is expected of it is in a
 * test of its own.
 */
record Scenario(List<Step> steps) {
  /** One snippet. */
  record Step(String name, String script, boolean compared) {}

  /** How one step went, with all that changes from run to run taken out. */
  record Outcome(int exitCode, String output, String errors) {
    @Override
    public String toString() {
      return "exit code " + exitCode + "\n" + output + "--- errors\n" + errors;
    }
  }

  /** Reads all files of a directory by name. */
  static Scenario read(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      List<Step> steps = new ArrayList<>();
      for (Path file : files.filter(f -> f.toString().endsWith(".steps")).sorted().toList()) {
        parse(Files.readAllLines(file), steps);
      }
      return new Scenario(steps);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs every step; the shell must be set up with the variables the snippets use. */
  Map<String, Outcome> run(Shell shell, Normalizer normalizer) {
    Map<String, Outcome> outcomes = new LinkedHashMap<>();
    for (Step step : steps) {
      outcomes.put(step.name(), outcome(step, shell, normalizer));
    }
    return outcomes;
  }

  private static Outcome outcome(Step step, Shell shell, Normalizer normalizer) {
    try {
      Shell.Result result = shell.bash(step.script());
      return new Outcome(
          result.exitCode(), normalizer.apply(result.output()), normalizer.apply(result.errors()));
    } catch (Shell.TimeoutError e) {
      return new Outcome(-1, "", String.valueOf(e.getMessage()));
    }
  }

  private static void parse(List<String> lines, List<Step> steps) {
    for (int i = 0; i < lines.size(); ) {
      String head = lines.get(i++);
      StringBuilder script = new StringBuilder();
      while (i < lines.size() && !lines.get(i).matches("[=!]= .*")) {
        script.append(lines.get(i++)).append('\n');
      }
      if (!head.isBlank()) {
        steps.add(new Step(head.substring(3), script.toString(), head.startsWith("=")));
      }
    }
  }
}
