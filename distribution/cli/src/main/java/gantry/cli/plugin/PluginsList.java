// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Times;
import gantry.client.PluginEntry;
import gantry.errors.UnimplementedException;
import gantry.plugins.PluginDetail;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The plugin table. */
final class PluginsList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only the ids")
        .flag("detailed d", "print everything about each plugin")
        .flag("wide", "add version, bundle, since when, and whether a plugin waits")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance type==io.containerd.content.v1");
  }

  @Override
  public int run(Invocation invocation) {
    List<PluginEntry> plugins =
        invocation.client().introspection().plugins(invocation.arguments().all());
    boolean wide = invocation.arguments().flag("wide");
    if (invocation.arguments().flag("quiet")) {
      plugins.forEach(plugin -> invocation.say(plugin.id()));
    } else if (invocation.json()) {
      everything().columns(origin(invocation), entry -> entry).print(plugins, invocation);
    } else if (invocation.arguments().flag("detailed")) {
      plugins.forEach(plugin -> detail(plugin, invocation));
    } else if (wide) {
      table().columns(origin(invocation), entry -> entry).print(plugins, invocation);
    } else {
      table().print(plugins, invocation);
    }
    return 0;
  }

  /** What only Gantry tells of its plugins; nothing of another daemon. */
  private static Listing<PluginEntry> origin(Invocation invocation) {
    Map<String, PluginDetail> details;
    try {
      details =
          invocation.client().plugins().list().stream()
              .collect(Collectors.toMap(detail -> detail.status().uri().toString(), d -> d));
    } catch (UnimplementedException notGantry) {
      return new Listing<>();
    }
    Function<PluginEntry, Optional<PluginDetail>> find =
        entry -> Optional.ofNullable(details.get(entry.type() + "." + entry.id()));
    return new Listing<PluginEntry>()
        .column("VERSION", entry -> text(find.apply(entry), PluginDetail::version))
        .column("BUNDLE", entry -> text(find.apply(entry), PluginDetail::bundle))
        .column(
            "SINCE",
            entry -> text(find.apply(entry), detail -> Times.local(detail.since())),
            entry -> text(find.apply(entry), detail -> Times.exact(detail.since())))
        .column(
            "PENDING",
            entry -> text(find.apply(entry), detail -> detail.pending() ? "yes" : "no"),
            entry -> find.apply(entry).map(PluginDetail::pending).orElse(false));
  }

  private static String text(Optional<PluginDetail> detail, Function<PluginDetail, String> value) {
    return detail.map(value).filter(text -> !text.isEmpty()).orElse("-");
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
