// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Grammars as picocli's model, for help and for the completion script. Not for reading command
 * lines: its classes are too old a format for an AOT cache, so loading them costs more than all
 * else that a short command does.
 */
final class Picocli {
  private static final int WIDTH = 100;

  private Picocli() {}

  /** The help of a command. */
  static String usage(Grammar grammar) {
    return parser(spec(grammar)).getUsageMessage();
  }

  /** The help of a word that wants another one after it, without the list of those. */
  static String usageOfBranch(Grammar grammar) {
    CommandSpec spec = spec(grammar);
    spec.usageMessage().customSynopsis(grammar.name() + " [OPTIONS] COMMAND [ARGUMENTS]");
    return parser(spec).getUsageMessage();
  }

  /** The whole tree. */
  static CommandLine tree(Grammar root, List<Word> words) {
    CommandSpec spec = spec(root);
    words.forEach(word -> add(spec, word));
    return parser(spec);
  }

  private static void add(CommandSpec above, Word word) {
    Grammar grammar = Grammar.named(word.name(), word.summary());
    if (word instanceof Word.Leaf leaf) {
      leaf.command().get().grammar(grammar);
    }
    CommandSpec spec = spec(grammar);
    if (word instanceof Word.Branch branch) {
      branch.words().get().forEach(next -> add(spec, next));
    }
    spec.aliases(word.names().subList(1, word.names().size()).toArray(String[]::new));
    above.addSubcommand(word.name(), parser(spec));
  }

  private static CommandLine parser(CommandSpec spec) {
    return new CommandLine(spec).setInterpolateVariables(false).setUsageHelpWidth(WIDTH);
  }

  private static CommandSpec spec(Grammar grammar) {
    CommandSpec spec = CommandSpec.create().name(grammar.name());
    spec.usageMessage().description(grammar.summary()).abbreviateSynopsis(true).sortOptions(false);
    grammar.options().forEach(option -> spec.addOption(option(option)));
    int from = 0;
    for (Grammar.Positional positional : grammar.positionals()) {
      spec.addPositional(positional(positional, from));
      from += positional.max() == Integer.MAX_VALUE ? 1 : positional.max();
    }
    return spec;
  }

  private static OptionSpec option(Grammar.Option option) {
    String[] names =
        option.names().stream()
            .map(name -> (name.length() == 1 ? "-" : "--") + name)
            .toArray(String[]::new);
    OptionSpec.Builder builder = OptionSpec.builder(names).description(option.text());
    return switch (option.kind()) {
      case FLAG -> builder.type(boolean.class).arity("0").build();
      case VALUE -> builder.type(String.class).paramLabel(option.label()).arity("1").build();
      case VALUES ->
          builder
              .type(List.class)
              .auxiliaryTypes(String.class)
              .paramLabel(option.label())
              .arity("1")
              .build();
    };
  }

  private static PositionalParamSpec positional(Grammar.Positional positional, int from) {
    boolean open = positional.max() == Integer.MAX_VALUE;
    String to = open ? "*" : Integer.toString(from + positional.max() - 1);
    return PositionalParamSpec.builder()
        .index(positional.max() == 1 ? Integer.toString(from) : from + ".." + to)
        .arity(positional.min() + ".." + (open ? "*" : positional.max()))
        .type(List.class)
        .auxiliaryTypes(String.class)
        .paramLabel(positional.label())
        .required(positional.min() > 0)
        .description(positional.text())
        .build();
  }
}
