// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Arguments;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.UsageException;
import gantry.runtime.ProcessIo;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/** Where the streams of a new process go: nowhere, to a log, or through pipes to us. */
public final class TaskStreams {
  private TaskStreams() {}

  /** Adds the options. */
  public static void grammar(Grammar grammar) {
    grammar
        .value("log-uri", "URI", "where output goes, for instance file:///var/log/x.log")
        .value("fifo-dir", "DIR", "where pipes are made; default fifo beside the socket");
  }

  /** Adds the option that names the keys which leave a process. */
  public static void detachGrammar(Grammar grammar) {
    grammar.value(
        "detach-keys",
        "KEYS",
        "keys that leave a terminal; default %s, empty for none".formatted(DetachKeys.STANDARD));
  }

  /** The keys that were asked for. */
  static DetachKeys detachKeys(Arguments arguments) {
    return DetachKeys.parse(arguments.value("detach-keys", DetachKeys.STANDARD));
  }

  /** The streams that need no help of ours, if such were asked for. */
  public static Optional<ProcessIo> unattended(Arguments arguments, boolean terminal) {
    Optional<String> log = arguments.find("log-uri");
    if (arguments.flag("null-io")) {
      if (terminal || log.isPresent()) {
        throw new UsageException("--null-io cannot be used with --tty or --log-uri");
      }
      return Optional.of(new ProcessIo("", "", "", false));
    }
    return log.map(uri -> logged(uri, terminal));
  }

  /** Where pipes are made. */
  public static Path pipes(Invocation invocation) {
    return invocation
        .arguments()
        .find("fifo-dir")
        .map(Path::of)
        .orElseGet(() -> invocation.settings().address().toAbsolutePath().resolveSibling("fifo"));
  }

  private static ProcessIo logged(String uri, boolean terminal) {
    String scheme = URI.create(uri).getScheme();
    if (scheme == null) {
      throw new UsageException("--log-uri %s: want for instance file://%s".formatted(uri, uri));
    }
    return new ProcessIo("", uri, terminal ? "" : uri, terminal);
  }
}
