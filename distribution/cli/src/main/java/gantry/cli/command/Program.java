// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.AutoComplete;

/**
 * A command line: global options, words, and the command at their end. Exit codes: 0 done, 1 failed
 * or not understood, 3 no such command; {@code run}, {@code tasks start}, {@code exec} and {@code
 * attach} exit with the code of the container's process.
 */
public final class Program {
  private static final String NAME = "gantry";
  private static final String SUMMARY =
      "Drives gantryd, and any other daemon with containerd's API.";
  private static final Set<String> HELP = Set.of("--help", "-h", "help", "h");
  private static final int FAILED = 1;
  private static final int UNKNOWN = 3;

  private final List<Word> words;
  private final Console console;
  private final Map<String, String> environment;

  /** Of these words at the top. */
  public Program(List<Word> words, Console console, Map<String, String> environment) {
    this.words = List.copyOf(words);
    this.console = console;
    this.environment = Map.copyOf(environment);
  }

  /** Runs one command line and returns the exit code; everything is flushed. */
  public int run(List<String> line) {
    boolean debug = line.contains("--debug");
    try {
      return start(line);
    } catch (UsageException misused) {
      console.err().println(NAME + ": " + misused.getMessage());
      return misused.isUnknownCommand() ? UNKNOWN : FAILED;
    } catch (Exception failure) {
      console.err().println(NAME + ": " + Failures.describe(failure));
      if (debug) {
        failure.printStackTrace(console.err());
      }
      return FAILED;
    } finally {
      console.out().flush();
      console.err().flush();
    }
  }

  /** A script that completes command lines in bash. */
  public String completion() {
    return AutoComplete.bash(NAME, Picocli.tree(globals(), words));
  }

  private int start(List<String> line) throws Exception {
    Grammar root =
        globals().arguments("COMMAND", 0, Integer.MAX_VALUE, "what to do").argumentsLast();
    Arguments globals = LineReader.read(root, line);
    if (globals.flag("version")) {
      console.out().println(NAME + " " + version());
      return 0;
    }
    boolean help = globals.flag("help") || globals.all().isEmpty();
    if (help || HELP.contains(globals.all().getFirst())) {
      return help(globals(), words);
    }
    return descend(NAME, words, globals.all(), settings(globals));
  }

  private int descend(String path, List<Word> choice, List<String> line, Settings settings)
      throws Exception {
    String wanted = line.getFirst();
    Word word =
        choice.stream()
            .filter(candidate -> candidate.names().contains(wanted))
            .findFirst()
            .orElseThrow(() -> unknown(path, wanted, choice));
    String name = path + " " + word.name();
    List<String> rest = line.subList(1, line.size());
    // not a switch: one over types costs a short command more than all of its own work
    return word instanceof Word.Branch branch
        ? into(name, branch, carried(branch, rest), settings)
        : execute(name, (Word.Leaf) word, rest, settings);
  }

  private int into(String name, Word.Branch branch, List<String> rest, Settings settings)
      throws Exception {
    List<Word> choice = branch.words().get();
    boolean help = rest.isEmpty() || HELP.contains(rest.getFirst());
    return help
        ? help(Grammar.named(name, branch.summary()), choice)
        : descend(name, choice, rest, settings);
  }

  /** Moves options that stand before the next word behind it. */
  private static List<String> carried(Word.Branch branch, List<String> line) {
    List<String> options = new ArrayList<>();
    List<String> rest = new ArrayList<>(line);
    while (rest.size() > 1 && carries(branch, rest.getFirst())) {
      boolean joined = rest.getFirst().contains("=");
      options.add(rest.removeFirst());
      if (!joined) {
        options.add(rest.removeFirst());
      }
    }
    rest.addAll(Math.min(1, rest.size()), options);
    return rest;
  }

  private static boolean carries(Word.Branch branch, String word) {
    return branch.carried().stream()
        .anyMatch(option -> word.equals(option) || word.startsWith(option + "="));
  }

  private int execute(String name, Word.Leaf leaf, List<String> line, Settings settings)
      throws Exception {
    Command command = leaf.command().get();
    Grammar grammar = Grammar.named(name, leaf.summary());
    command.grammar(grammar);
    Arguments arguments = LineReader.read(grammar, line);
    if (arguments.flag("help")) {
      console.out().print(Picocli.usage(grammar));
      return 0;
    }
    try (Invocation invocation = new Invocation(settings, arguments, console, environment)) {
      return command.run(invocation);
    }
  }

  private Settings settings(Arguments globals) {
    return new Settings(
        Path.of(
            globals
                .find("address")
                .or(() -> variable("GANTRY_ADDRESS"))
                .or(() -> variable("CONTAINERD_ADDRESS"))
                .map(Program::withoutScheme)
                .orElse("/run/gantry/gantry.sock")),
        globals.find("namespace").or(() -> variable("CONTAINERD_NAMESPACE")).orElse("default"),
        globals.duration("timeout", Duration.ofSeconds(60)),
        globals.flag("debug"),
        globals.find("output").map(Invocation::isJson).orElse(false));
  }

  /** As in the manifest; unpacked classes, as in tests, have none. */
  public static String version() {
    String version = Program.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  private static String withoutScheme(String address) {
    return address.startsWith("unix://") ? address.substring("unix://".length()) : address;
  }

  private static Grammar globals() {
    return Grammar.named(NAME, SUMMARY)
        .value(
            "address a",
            "ADDRESS",
            "the daemon's socket; default $GANTRY_ADDRESS, $CONTAINERD_ADDRESS,"
                + " /run/gantry/gantry.sock")
        .value("namespace n", "NAMESPACE", "default $CONTAINERD_NAMESPACE, default")
        .value("timeout", "DURATION", "of one call, for instance 10s; default 60s")
        .value("connect-timeout", "DURATION", "accepted for ctr's sake; connecting is immediate")
        .flag("version v", "show the version of this program")
        .flag("debug", "show stack traces of failures")
        .listing();
  }

  private int help(Grammar grammar, List<Word> choice) {
    console.out().print(Picocli.usageOfBranch(grammar));
    console.out().println("Commands:");
    List<List<String>> rows = new ArrayList<>();
    choice.forEach(
        word -> rows.add(List.of("  " + String.join(", ", word.names()), word.summary())));
    Listing.print(rows, console.out());
    return 0;
  }

  private static UsageException unknown(String path, String wanted, List<Word> choice) {
    String known = String.join(", ", choice.stream().map(Word::name).toList());
    return UsageException.unknownCommand(
        "unknown command \"%s\" after \"%s\"; want one of: %s".formatted(wanted, path, known));
  }
}
