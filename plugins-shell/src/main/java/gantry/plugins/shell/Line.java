// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What was typed after a word.
 *
 * @param flags without their dashes
 * @param sha256 empty if it was not given
 */
record Line(String command, List<String> arguments, Set<String> flags, String sha256) {

  /**
   * Tells options from arguments.
   *
   * @param command for messages
   * @param known the flags it has
   * @throws InvalidArgumentException if it has an option that is not known
   */
  static Line read(String command, List<String> words, Set<String> known) {
    List<String> arguments = new ArrayList<>();
    Set<String> flags = new HashSet<>();
    String sha256 = "";
    Deque<String> left = new ArrayDeque<>(words);
    while (!left.isEmpty()) {
      String word = left.pop();
      if (!word.startsWith("--")) {
        arguments.add(word);
      } else if (known.contains("sha256") && word.startsWith("--sha256")) {
        sha256 = digest(command, word, left);
      } else if (known.contains(word.substring(2))) {
        flags.add(word.substring(2));
      } else {
        throw new InvalidArgumentException(
            "%s: unknown option %s; see help %s".formatted(command, word, command));
      }
    }
    return new Line(command, List.copyOf(arguments), Set.copyOf(flags), sha256);
  }

  private static String digest(String command, String word, Deque<String> left) {
    String value =
        word.startsWith("--sha256=")
            ? word.substring("--sha256=".length())
            : word.equals("--sha256") && !left.isEmpty() ? left.pop() : "";
    String digits = value.startsWith("sha256:") ? value.substring("sha256:".length()) : value;
    if (!digits.matches("[0-9a-fA-F]{64}")) {
      throw new InvalidArgumentException(
          "%s: --sha256 \"%s\": want 64 hex digits".formatted(command, value));
    }
    return digits.toLowerCase(Locale.ROOT);
  }

  boolean has(String flag) {
    return flags.contains(flag);
  }

  ChangeOptions options() {
    return new ChangeOptions(has("dry-run"), has("force"));
  }

  /** The only argument. */
  String only(String what) {
    if (arguments.size() != 1) {
      throw new InvalidArgumentException(
          "%s: want one %s, got %d words; see help %s"
              .formatted(command, what, arguments.size(), command));
    }
    return arguments.getFirst();
  }

  /** The only argument, if there is one. */
  String onlyOr(String what, String otherwise) {
    return arguments.isEmpty() ? otherwise : only(what);
  }

  /** Where the only argument says a jar is. */
  BundleSource source() {
    String given = only("FILE or URL");
    if (given.matches("https?://.+")) {
      return new BundleSource(given, sha256);
    }
    Path path = Path.of(given.startsWith("file:") ? given.substring("file:".length()) : given);
    if (!path.isAbsolute()) {
      throw new InvalidArgumentException(
          "%s %s: the daemon has another working directory; give the whole path"
              .formatted(command, given));
    }
    return new BundleSource(path.normalize().toString(), sha256);
  }
}
