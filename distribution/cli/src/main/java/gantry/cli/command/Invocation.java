// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import gantry.client.GantryClient;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One command at work: its arguments, its streams and its connection. Used by one thread. */
public final class Invocation implements AutoCloseable {
  private final Settings settings;
  private final Arguments arguments;
  private final Console console;
  private final Map<String, String> environment;
  private @Nullable GantryClient client;

  /** For a command with these arguments. */
  public Invocation(
      Settings settings, Arguments arguments, Console console, Map<String, String> environment) {
    this.settings = settings;
    this.arguments = arguments;
    this.console = console;
    this.environment = Map.copyOf(environment);
  }

  /** What was said before the command. */
  public Settings settings() {
    return settings;
  }

  /** What was given to the command. */
  public Arguments arguments() {
    return arguments;
  }

  /** The streams. */
  public Console console() {
    return console;
  }

  /** The environment of the process. */
  public Map<String, String> environment() {
    return environment;
  }

  /**
   * Whether listings are JSON.
   *
   * @throws UsageException if an unknown format was asked for
   */
  public boolean json() {
    return arguments.find("output").map(Invocation::isJson).orElse(settings.json());
  }

  /** The daemon, in the namespace that was asked for; connected when it is first called. */
  public GantryClient client() {
    GantryClient open = client;
    if (open == null) {
      open = GantryClient.connect(settings.address(), settings.namespace(), settings.timeout());
      client = open;
    }
    return open;
  }

  /** Prints a line. */
  public void say(String line) {
    console.out().println(line);
  }

  /** Prints a line that is not a result: to standard error. */
  public void note(String line) {
    console.err().println(line);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }

  static boolean isJson(String format) {
    return switch (format) {
      case "json" -> true;
      case "table" -> false;
      default -> throw new UsageException("--output %s: want table or json".formatted(format));
    };
  }
}
