// SPDX-License-Identifier: Apache-2.0
package gantry.cli;

import gantry.cli.command.Command;
import gantry.cli.command.Console;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Program;
import gantry.cli.command.Settings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs command lines from standard input in one process, one a line, words separated by spaces.
 * Ends at the first that fails and exits with its code. An installation uses it to record what the
 * command line loads.
 */
final class BatchCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.flag("keep-going k", "go on after a failure");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    boolean keepGoing = invocation.arguments().flag("keep-going");
    Console own = invocation.console();
    Program program =
        new Program(
            Words.all(),
            new Console(InputStream.nullInputStream(), own.out(), own.err()),
            invocation.environment());
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(own.in(), StandardCharsets.UTF_8));
    int code = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && (code == 0 || keepGoing)) {
        code = program.run(words(invocation.settings(), line.strip()));
      }
    }
    return code;
  }

  /** The settings of the batch are those of each line, unless the line says otherwise. */
  private static List<String> words(Settings settings, String line) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of("--address", settings.address().toString()));
    words.addAll(List.of("--namespace", settings.namespace()));
    words.addAll(List.of(line.split(" +", -1)));
    return words;
  }
}
