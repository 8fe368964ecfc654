// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was given to one command. Options go by their first names, without dashes. */
public final class Arguments {
  private final Map<String, List<String>> options;
  private final List<String> positional;

  Arguments(Map<String, List<String>> options, List<String> positional) {
    this.options = Map.copyOf(options);
    this.positional = List.copyOf(positional);
  }

  /** Whether an option without a value was given. */
  public boolean flag(String name) {
    return find(name).map(Boolean::parseBoolean).orElse(false);
  }

  /** The value of an option, if it was given. */
  public Optional<String> find(String name) {
    List<String> values = values(name);
    return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
  }

  /** The value of an option, or another. */
  public String value(String name, String otherwise) {
    return find(name).orElse(otherwise);
  }

  /** All values of an option. */
  public List<String> values(String name) {
    return options.getOrDefault(name, List.of());
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
}
