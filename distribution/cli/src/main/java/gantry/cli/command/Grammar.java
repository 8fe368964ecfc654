// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.ArrayList;
import java.util.List;

/**
 * The options and arguments of one command, under construction. Reading a command line and printing
 * help are apart: only the latter loads picocli.
 */
public final class Grammar {
  /** What an option takes. */
  enum Kind {
    FLAG,
    VALUE,
    VALUES
  }

  /** An option; its first name is what it is asked for by. */
  record Option(List<String> names, Kind kind, String label, String text) {
    String name() {
      return names.getFirst();
    }
  }

  /** Some arguments. */
  record Positional(String label, int min, int max, String text) {}

  private final String name;
  private final String summary;
  private final List<Option> options = new ArrayList<>();
  private final List<Positional> positionals = new ArrayList<>();
  private boolean argumentsLast;

  private Grammar(String name, String summary) {
    this.name = name;
    this.summary = summary;
  }

  /** A fresh one; {@code name} is what the usage shows, all words of it. */
  static Grammar named(String name, String summary) {
    return new Grammar(name, summary).flag("help h", "show this help");
  }

  /** An option without a value. {@code names} is for instance {@code quiet q}. */
  public Grammar flag(String names, String text) {
    return option(names, Kind.FLAG, "", text);
  }

  /** An option with a value, of which the last one counts. */
  public Grammar value(String names, String label, String text) {
    return option(names, Kind.VALUE, label, text);
  }

  /** An option with a value that may be given often. */
  public Grammar values(String names, String label, String text) {
    return option(names, Kind.VALUES, label, text);
  }

  /** One argument that must be there. */
  public Grammar argument(String label, String text) {
    return arguments(label, 1, 1, text);
  }

  /** Further arguments, between so many; {@link Integer#MAX_VALUE} for no limit. */
  public Grammar arguments(String label, int min, int max, String text) {
    positionals.add(new Positional(label, min, max, text));
    return this;
  }

  /** Everything after the first argument is an argument, even if it looks like an option. */
  public Grammar argumentsLast() {
    argumentsLast = true;
    return this;
  }

  /** The option {@code --output} of a command that prints a listing. */
  public Grammar listing() {
    return value("output o", "FORMAT", "table or json");
  }

  String name() {
    return name;
  }

  String summary() {
    return summary;
  }

  List<Option> options() {
    return options;
  }

  List<Positional> positionals() {
    return positionals;
  }

  boolean isArgumentsLast() {
    return argumentsLast;
  }

  private Grammar option(String names, Kind kind, String label, String text) {
    options.add(new Option(List.of(names.split(" ", -1)), kind, label, text));
    return this;
  }
}
