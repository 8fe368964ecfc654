// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the words of one command by its grammar: {@code --name value}, {@code --name=value}, {@code
 * -n value}, {@code -nvalue}, flags as {@code -it}, and {@code --} before arguments that look like
 * options. As Go's flags, a long name may have one dash.
 */
final class LineReader {
  private final Grammar grammar;
  private final Map<String, List<String>> options = new HashMap<>();
  private final List<String> arguments = new ArrayList<>();
  private final Deque<String> left;

  private LineReader(Grammar grammar, List<String> line) {
    this.grammar = grammar;
    this.left = new ArrayDeque<>(line);
  }

  /**
   * Reads a line.
   *
   * @throws UsageException if it does not fit the grammar, unless it asks for help
   */
  static Arguments read(Grammar grammar, List<String> line) {
    LineReader reader = new LineReader(grammar, line);
    reader.words();
    Arguments read = new Arguments(reader.options, reader.arguments);
    if (!read.flag("help")) {
      reader.count();
    }
    return read;
  }

  private void words() {
    while (!left.isEmpty()) {
      String word = left.pop();
      boolean last = grammar.isArgumentsLast() && !arguments.isEmpty();
      if (last || word.length() < 2 || word.charAt(0) != '-') {
        arguments.add(word);
      } else if (word.equals("--")) {
        arguments.addAll(left);
        left.clear();
      } else {
        option(word);
      }
    }
  }

  private void option(String word) {
    String bare = word.substring(word.startsWith("--") ? 2 : 1);
    int equals = bare.indexOf('=');
    String name = equals < 0 ? bare : bare.substring(0, equals);
    Grammar.Option option = find(name);
    if (option != null) {
      take(word, option, equals < 0 ? null : bare.substring(equals + 1));
    } else if (word.startsWith("--")) {
      throw misused("unknown option " + word);
    } else {
      cluster(word, bare);
    }
  }

  /** Flags of one letter together, the last of them perhaps with a value. */
  private void cluster(String word, String letters) {
    for (int i = 0; i < letters.length(); i++) {
      Grammar.Option option = find(letters.substring(i, i + 1));
      if (option == null) {
        throw misused("unknown option " + word);
      }
      String rest = letters.substring(i + 1);
      if (option.kind() != Grammar.Kind.FLAG) {
        take(word, option, rest.isEmpty() ? null : rest);
        return;
      }
      take(word, option, null);
    }
  }

  private void take(String word, Grammar.Option option, @Nullable String value) {
    String taken = value;
    if (option.kind() == Grammar.Kind.FLAG) {
      taken = value == null ? "true" : value;
      if (!taken.equals("true") && !taken.equals("false")) {
        throw misused("option %s takes true or false".formatted(word));
      }
    } else if (value == null) {
      if (left.isEmpty()) {
        throw misused("option %s wants %s".formatted(word, option.label()));
      }
      taken = left.pop();
    }
    options.computeIfAbsent(option.name(), _ -> new ArrayList<>()).add(String.valueOf(taken));
  }

  private Grammar.@Nullable Option find(String name) {
    for (Grammar.Option option : grammar.options()) {
      if (option.names().contains(name)) {
        return option;
      }
    }
    return null;
  }

  private void count() {
    long least = 0;
    long most = 0;
    for (Grammar.Positional positional : grammar.positionals()) {
      least += positional.min();
      most += positional.max();
      if (arguments.size() < least) {
        throw misused("missing argument " + positional.label());
      }
    }
    if (arguments.size() > most) {
      throw misused("unexpected argument \"%s\"".formatted(arguments.get((int) most)));
    }
  }

  private UsageException misused(String what) {
    return new UsageException("%s; see %s --help".formatted(what, grammar.name()));
  }
}
