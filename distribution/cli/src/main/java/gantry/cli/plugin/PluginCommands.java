// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Word;
import gantry.client.PluginsClient;
import java.util.List;

/** Commands about the daemon's plugins. */
public final class PluginCommands {
  private PluginCommands() {}

  /** Below {@code plugins}. */
  public static List<Word> words() {
    return List.of(
        Word.leaf("ls list", "list the daemon's plugins", PluginsList::new),
        Word.leaf("bundles", "list the jars that plugins come in", BundlesList::new),
        Word.leaf(
            "swap",
            "put a jar in the place of the one with its symbolic name",
            () -> new JarChange(PluginsClient::swap)),
        Word.leaf(
            "install",
            "add a jar with plugins that are not there yet",
            () -> new JarChange(PluginsClient::install)),
        Word.leaf(
            "rollback",
            "go back to the version before",
            () -> new NamedChange(PluginsClient::rollback)),
        Word.leaf(
            "remove rm",
            "remove a bundle, or what was put in the place of one that ships",
            () -> new NamedChange(PluginsClient::remove)),
        Word.leaf("history", "show what was changed, and what was tried", HistoryList::new),
        Word.leaf("why", "explain why a plugin is as it is", WhyCommand::new),
        Word.leaf("graph", "draw who asks whom for what", GraphCommand::new),
        Word.leaf("reload", "read the configuration again and apply it", ReloadCommand::new),
        Word.leaf("traffic", "show how the calls between plugins go", TrafficList::new));
  }
}
