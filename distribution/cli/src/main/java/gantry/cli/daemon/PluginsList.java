// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.client.PluginEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The plugin table. */
final class PluginsList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only the ids")
        .flag("detailed d", "print everything about each plugin")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance type==io.containerd.content.v1");
  }

  @Override
  public int run(Invocation invocation) {
    List<PluginEntry> plugins =
        invocation.client().introspection().plugins(invocation.arguments().all());
    if (invocation.arguments().flag("quiet")) {
      plugins.forEach(plugin -> invocation.say(plugin.id()));
    } else if (invocation.json()) {
      everything().print(plugins, invocation);
    } else if (invocation.arguments().flag("detailed")) {
      plugins.forEach(plugin -> detail(plugin, invocation));
    } else {
      table().print(plugins, invocation);
    }
    return 0;
  }

  private static Listing<PluginEntry> table() {
    return new Listing<PluginEntry>()
        .column("TYPE", PluginEntry::type)
        .column("ID", PluginEntry::id)
        .column("PLATFORMS", PluginsList::platforms)
        .column("STATUS", PluginEntry::status);
  }

  private static Listing<PluginEntry> everything() {
    return table()
        .column("REQUIRES", plugin -> "", PluginEntry::requires)
        .column("EXPORTS", plugin -> "", PluginEntry::exports)
        .column("CAPABILITIES", plugin -> "", PluginEntry::capabilities)
        .column("ERROR CODE", plugin -> "", PluginEntry::errorCode)
        .column("ERROR", plugin -> "", PluginEntry::error);
  }

  private static void detail(PluginEntry plugin, Invocation invocation) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("Type:", plugin.type()));
    rows.add(List.of("ID:", plugin.id()));
    lines(rows, "Requires:", plugin.requires());
    if (!plugin.platforms().isEmpty()) {
      rows.add(List.of("Platforms:", platforms(plugin)));
    }
    lines(
        rows,
        "Exports:",
        plugin.exports().entrySet().stream()
            .map(export -> "%-10s %s".formatted(export.getKey(), export.getValue()))
            .toList());
    if (!plugin.capabilities().isEmpty()) {
      rows.add(List.of("Capabilities:", String.join(",", plugin.capabilities())));
    }
    if (plugin.errorCode() != 0 || !plugin.error().isEmpty()) {
      rows.add(List.of("Error:", ""));
      rows.add(List.of("", "Code:       " + plugin.errorCode()));
      rows.add(List.of("", "Message:    " + plugin.error()));
    }
    Listing.print(rows, invocation.console().out());
    invocation.say("");
  }

  private static void lines(List<List<String>> rows, String title, List<String> values) {
    if (!values.isEmpty()) {
      rows.add(List.of(title, ""));
      values.forEach(value -> rows.add(List.of("", value)));
    }
  }

  private static String platforms(PluginEntry plugin) {
    return plugin.platforms().isEmpty()
        ? "-"
        : plugin.platforms().stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
