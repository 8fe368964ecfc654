// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.plugins.PluginBundle;
import java.util.List;
import java.util.Locale;

/** The jars that plugins come in. */
final class BundlesList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.flag("quiet q", "print only the names").listing();
  }

  @Override
  public int run(Invocation invocation) {
    List<PluginBundle> bundles = invocation.client().plugins().bundles();
    if (invocation.arguments().flag("quiet")) {
      bundles.forEach(bundle -> invocation.say(bundle.name()));
      return 0;
    }
    new Listing<PluginBundle>()
        .column("NAME", PluginBundle::name)
        .column("VERSION", PluginBundle::version)
        .column("STATE", PluginBundle::state)
        .column("ORIGIN", bundle -> bundle.origin().name().toLowerCase(Locale.ROOT))
        .print(bundles, invocation);
    return 0;
  }
}
