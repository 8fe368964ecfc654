// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.errors.NotFoundException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What there is to say of each of our commands. */
enum Manual {
  PLUGINS("plugins [ls]", "all plugins with their status; --wide adds where they come from"),
  PLUGINS_SWAP(
      "plugins swap FILE|URL",
      "put a jar in the place of the one with its symbolic name",
      "--dry-run only says whether it would work, --force takes an older version too,"
          + " --sha256 DIGEST is what the jar must have, which a URL must be given with."
          + " FILE is a whole path."),
  PLUGINS_INSTALL(
      "plugins install FILE|URL", "add a jar that is not there yet", "Options are those of swap."),
  PLUGINS_ROLLBACK(
      "plugins rollback URI|BUNDLE", "go back to the version before", "--dry-run, --force"),
  PLUGINS_REMOVE(
      "plugins remove URI|BUNDLE",
      "remove a bundle, or what was put in the place of one that ships",
      "--dry-run, and --force if others depend on it"),
  PLUGINS_HISTORY("plugins history", "what was changed, and what was tried"),
  PLUGINS_WHY("plugins why URI", "why a plugin is as it is"),
  PLUGINS_GRAPH("plugins graph", "who asks whom for what; --dot and --svg draw it"),
  PLUGINS_RELOAD(
      "plugins reload",
      "read the configuration again and apply what differs",
      "--dry-run only compares"),
  PLUGINS_TRAFFIC("plugins traffic", "how the calls between plugins go"),
  PLUGINS_BUNDLES("plugins bundles", "the jars that plugins come in"),
  BUNDLES("bundles", "the same as plugins bundles"),
  INSTALL("install FILE|URL", "the same as plugins install"),
  UPDATE("update FILE|URL", "the same as plugins swap"),
  UNINSTALL("uninstall URI|BUNDLE", "the same as plugins remove"),
  DF("df", "what takes up the disk, in all namespaces together"),
  DOCTOR(
      "doctor [KIND...]",
      "what was left behind, and who had it",
      "--fix KINDS takes away what is of these kinds, with commas between, or all; --dry-run only"
          + " says what that would do; --min-age DURATION leaves alone what is younger, without it"
          + " 60s."),
  THREADS(
      "threads [PART]",
      "how many threads do what",
      "With a part of a name: the stacks of threads that have it in theirs. The thread of a call"
          + " is named after its method, so \"threads Tasks/\" shows all calls about tasks."),
  LOGLEVEL(
      "loglevel [[LOGGER] LEVEL]",
      "show or set how much is logged",
      "Levels are trace, debug, info, warn, error, fatal, panic. Without a logger the level is"
          + " that of all that have none of their own. It lasts until the daemon stops."),
  HELP("help [COMMAND]", "this list, or all about one command"),
  EXIT("exit", "leave");

  private final String synopsis;
  private final String summary;
  private final String details;

  Manual(String synopsis, String summary) {
    this(synopsis, summary, "");
  }

  Manual(String synopsis, String summary, String details) {
    this.synopsis = synopsis;
    this.summary = summary;
    this.details = details;
  }

  /** How it is written. */
  String synopsis() {
    return synopsis;
  }

  /** What it does, in a line. */
  String summary() {
    return summary;
  }

  /** The words before the arguments. */
  String words() {
    int end = 0;
    while (end < synopsis.length() && isWord(synopsis.charAt(end))) {
      end++;
    }
    return synopsis.substring(0, end).strip();
  }

  private static boolean isWord(char c) {
    return c == ' ' || Character.isLowerCase(c);
  }

  /** All about it. */
  String page() {
    return synopsis + "\n  " + summary + (details.isEmpty() ? "" : "\n  " + details);
  }

  /** The page of a command and of those that begin with it; empty if it is none of ours. */
  static Optional<String> page(String words) {
    List<String> pages =
        Arrays.stream(values())
            .filter(entry -> (entry.words() + " ").startsWith(words + " "))
            .map(Manual::page)
            .toList();
    return pages.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", pages));
  }

  /** All commands, a line each. */
  static String list() {
    TextTable table = new TextTable("COMMAND", "");
    for (Manual entry : values()) {
      table.row(entry.synopsis, entry.summary);
    }
    return table.toString();
  }

  /** The words that may follow {@code plugins}. */
  static List<Manual> pluginsWords() {
    return Arrays.stream(values()).filter(entry -> entry.words().startsWith("plugins ")).toList();
  }

  /** The error for a word after {@code plugins} that is none. */
  static NotFoundException unknown(String word) {
    List<String> known =
        pluginsWords().stream().map(entry -> entry.words().substring("plugins ".length())).toList();
    return new NotFoundException(
        "plugins %s: no such command; want one of ls, %s"
            .formatted(word, String.join(", ", known)));
  }
}
