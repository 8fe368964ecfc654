// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The options and arguments of one command, under construction. */
public final class Grammar {
  private final CommandSpec spec;

  Grammar(CommandSpec spec) {
    this.spec = spec;
  }

  /** A fresh one; {@code name} is what the usage shows, all words of it. */
  static Grammar named(String name, String summary) {
    CommandSpec spec = CommandSpec.create();
    spec.name(name);
    spec.usageMessage().description(summary).abbreviateSynopsis(true).sortOptions(false);
    Grammar grammar = new Grammar(spec);
    spec.addOption(
        OptionSpec.builder("--help", "-h")
            .usageHelp(true)
            .type(boolean.class)
            .arity("0")
            .description("show this help")
            .build());
    return grammar;
  }

  /** An option without a value. {@code names} is for instance {@code quiet q}. */
  public Grammar flag(String names, String text) {
    spec.addOption(
        OptionSpec.builder(dashed(names)).type(boolean.class).arity("0").description(text).build());
    return this;
  }

  /** An option with a value, of which the last one counts. */
  public Grammar value(String names, String label, String text) {
    spec.addOption(
        OptionSpec.builder(dashed(names))
            .type(String.class)
            .paramLabel(label)
            .arity("1")
            .description(text)
            .build());
    return this;
  }

  /** An option with a value that may be given often. */
  public Grammar values(String names, String label, String text) {
    spec.addOption(
        OptionSpec.builder(dashed(names))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .arity("1")
            .description(text)
            .build());
    return this;
  }

  /** One argument that must be there. */
  public Grammar argument(String label, String text) {
    return arguments(label, 1, 1, text);
  }

  /** Further arguments, between so many; {@link Integer#MAX_VALUE} for no limit. */
  public Grammar arguments(String label, int min, int max, String text) {
    int from = spec.positionalParameters().size();
    String range = from + ".." + (max == Integer.MAX_VALUE ? "*" : from + max - 1);
    spec.addPositional(
        PositionalParamSpec.builder()
            .index(max == 1 ? Integer.toString(from) : range)
            .arity(min + ".." + (max == Integer.MAX_VALUE ? "*" : max))
            .type(List.class)
            .auxiliaryTypes(String.class)
            .paramLabel(label)
            .required(min > 0)
            .description(text)
            .build());
    return this;
  }

  /** Everything after the first argument is an argument, even if it looks like an option. */
  public Grammar argumentsLast() {
    spec.parser().stopAtPositional(true);
    return this;
  }

  /** The option {@code --output} of a command that prints a listing. */
  public Grammar listing() {
    return value("output", "FORMAT", "table or json");
  }

  CommandSpec spec() {
    return spec;
  }

  CommandLine parser() {
    return new CommandLine(spec)
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .setTrimQuotes(false)
        .setInterpolateVariables(false)
        .setUsageHelpWidth(100);
  }

  private static String[] dashed(String names) {
    String[] words = names.split(" ", -1);
    for (int i = 0; i < words.length; i++) {
      words[i] = (words[i].length() == 1 ? "-" : "--") + words[i];
    }
    return words;
  }
}
