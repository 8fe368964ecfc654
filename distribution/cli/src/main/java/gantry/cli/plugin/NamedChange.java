// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.client.PluginsClient;
import gantry.plugins.ChangeOptions;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginChange;
import java.util.function.Consumer;

/** Something that is there is changed. */
final class NamedChange implements Command {
  private final Call call;

  /** What the daemon is asked for. */
  @FunctionalInterface
  interface Call {
    PluginChange make(
        PluginsClient plugins, String name, ChangeOptions options, Consumer<ChangeStep> steps);
  }

  NamedChange(Call call) {
    this.call = call;
  }

  @Override
  public void grammar(Grammar grammar) {
    ChangeDisplay.grammar(grammar).argument("URI|BUNDLE", "a plugin, or the bundle it comes in");
  }

  @Override
  public int run(Invocation invocation) {
    PluginsClient plugins = invocation.client().plugins();
    String name = invocation.arguments().at(0);
    return ChangeDisplay.show(
        invocation, (options, steps) -> call.make(plugins, name, options, steps));
  }
}
