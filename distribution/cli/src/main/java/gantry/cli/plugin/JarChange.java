// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.UsageException;
import gantry.client.PluginsClient;
import gantry.plugins.BundleSource;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginChange;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** A jar is put in. The daemon reads it, not we: that is how it is sure what it runs. */
final class JarChange implements Command {
  private static final Pattern URL = Pattern.compile("https?://.+");
  private static final Pattern DIGEST = Pattern.compile("(?:sha256:)?([0-9a-fA-F]{64})");

  private final Call call;

  /** What the daemon is asked for. */
  @FunctionalInterface
  interface Call {
    PluginChange make(
        PluginsClient plugins,
        BundleSource source,
        ChangeOptions options,
        Consumer<ChangeStep> steps);
  }

  JarChange(Call call) {
    this.call = call;
  }

  @Override
  public void grammar(Grammar grammar) {
    ChangeDisplay.grammar(grammar)
        .value("sha256", "DIGEST", "what the jar's digest must be; a URL needs one")
        .argument("FILE|URL", "the jar; the daemon reads it, so it must see this path");
  }

  @Override
  public int run(Invocation invocation) {
    BundleSource source = source(invocation.arguments());
    PluginsClient plugins = invocation.client().plugins();
    return ChangeDisplay.show(
        invocation, (options, steps) -> call.make(plugins, source, options, steps));
  }

  private static BundleSource source(Arguments arguments) {
    String given = arguments.at(0);
    String digest = arguments.find("sha256").map(JarChange::digest).orElse("");
    if (given.equals("-")) {
      throw new UsageException(
          "jar from standard input: the daemon reads the jar itself; put it in a file");
    }
    if (URL.matcher(given).matches()) {
      if (digest.isEmpty()) {
        throw new UsageException(
            "%s: what comes from the net must be known before; give its digest with --sha256"
                .formatted(given));
      }
      return new BundleSource(given, digest);
    }
    Path path = Path.of(given.startsWith("file:") ? given.substring("file:".length()) : given);
    return new BundleSource(path.toAbsolutePath().normalize().toString(), digest);
  }

  private static String digest(String text) {
    var matcher = DIGEST.matcher(text);
    if (!matcher.matches()) {
      throw new UsageException("--sha256 %s: want 64 hex digits".formatted(text));
    }
    return matcher.group(1).toLowerCase(Locale.ROOT);
  }
}
