// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** What was given to one command. Names are without dashes. */
public final class Arguments {
  private final ParseResult result;
  private final List<String> positional;

  Arguments(ParseResult result) {
    this.result = result;
    List<String> all = new ArrayList<>();
    for (PositionalParamSpec parameter : result.matchedPositionals()) {
      List<String> values = parameter.getValue();
      all.addAll(values);
    }
    this.positional = List.copyOf(all);
  }

  /** Whether an option without a value was given. */
  public boolean flag(String name) {
    return result.matchedOptionValue(dashed(name), false);
  }

  /** The value of an option, if it was given. */
  public Optional<String> find(String name) {
    String value = result.matchedOptionValue(dashed(name), (String) null);
    return Optional.ofNullable(value);
  }

  /** The value of an option, or another. */
  public String value(String name, String otherwise) {
    return find(name).orElse(otherwise);
  }

  /** All values of an option. */
  public List<String> values(String name) {
    return result.matchedOptionValue(dashed(name), List.of());
  }

  /**
   * A whole number.
   *
   * @throws UsageException if it is something else
   */
  public long number(String name, long otherwise) {
    return find(name).map(text -> number(name, text)).orElse(otherwise);
  }

  /**
   * A duration such as {@code 1h30m}.
   *
   * @throws UsageException if it is something else
   */
  public Duration duration(String name, Duration otherwise) {
    return find(name).map(text -> Durations.parse("--" + name, text)).orElse(otherwise);
  }

  /** All arguments. */
  public List<String> all() {
    return positional;
  }

  /** The arguments from a position on. */
  public List<String> from(int index) {
    return positional.subList(Math.min(index, positional.size()), positional.size());
  }

  /** An argument that the grammar says must be there. */
  public String at(int index) {
    return positional.get(index);
  }

  private static long number(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException malformed) {
      throw new UsageException("--%s %s: want a whole number".formatted(name, text));
    }
  }

  private static String dashed(String name) {
    return (name.length() == 1 ? "-" : "--") + name;
  }
}
