// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import gantry.plugins.ChangeStep;
import gantry.plugins.ConfigDifference;
import gantry.plugins.HandleStatus;
import gantry.plugins.PluginBundle;
import gantry.plugins.PluginChange;
import gantry.plugins.PluginDetail;
import gantry.plugins.PluginStatus;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the kernel says of plugins, as text. */
final class PluginTables {
  private PluginTables() {}

  static String plugins(List<PluginStatus> plugins) {
    TextTable table = new TextTable("TYPE", "ID", "STATUS", "REASON");
    for (PluginStatus plugin : plugins) {
      table.row(
          plugin.uri().type(), plugin.uri().id(), word(plugin.state()), text(plugin.reason()));
    }
    return table.toString();
  }

  static String details(List<PluginDetail> plugins) {
    TextTable table = new TextTable("TYPE", "ID", "STATUS", "VERSION", "BUNDLE", "SINCE", "REASON");
    for (PluginDetail detail : plugins) {
      PluginStatus plugin = detail.status();
      table.row(
          plugin.uri().type(),
          plugin.uri().id(),
          detail.pending() ? "pending" : word(plugin.state()),
          dash(detail.version()),
          dash(detail.bundle()),
          detail.since().truncatedTo(ChronoUnit.SECONDS).toString(),
          text(plugin.reason()));
    }
    return table.toString();
  }

  static String bundles(List<PluginBundle> bundles) {
    TextTable table = new TextTable("NAME", "VERSION", "STATE", "ORIGIN");
    for (PluginBundle bundle : bundles) {
      table.row(bundle.name(), bundle.version(), bundle.state(), word(bundle.origin()));
    }
    return table.toString();
  }

  static String history(List<PluginChange> changes) {
    TextTable table = new TextTable("AT", "CHANGE", "BUNDLE", "FROM", "TO", "OUTCOME", "PROBLEM");
    for (PluginChange change : changes) {
      table.row(
          change.at().truncatedTo(ChronoUnit.SECONDS).toString(),
          word(change.kind()),
          dash(change.bundle()),
          dash(change.from()),
          dash(change.to()),
          word(change.outcome()),
          change.problem());
    }
    return table.toString();
  }

  static String traffic(List<HandleStatus> handles) {
    TextTable table =
        new TextTable(
            "PLUGIN",
            "CONTRACT",
            "IN FLIGHT",
            "CALLS",
            "REFUSED",
            "LATE",
            "BREAKER",
            "LONGEST WAIT",
            "OLDEST");
    for (HandleStatus handle : handles) {
      table.row(
          handle.plugin(),
          handle.contract(),
          handle.inFlight() + "/" + handle.inFlightMax(),
          Long.toString(handle.calls()),
          Long.toString(handle.refused()),
          Long.toString(handle.late()),
          handle.open() ? "open" : "closed",
          took(handle.longestWait()),
          took(handle.oldest()));
    }
    return table.toString();
  }

  static String differences(List<ConfigDifference> differences, boolean isDryRun) {
    if (differences.isEmpty()) {
      return "nothing differs";
    }
    TextTable table = new TextTable("KEY", "BEFORE", "AFTER", "EFFECT");
    for (ConfigDifference difference : differences) {
      table.row(
          difference.key(),
          dash(difference.before()),
          dash(difference.after()),
          switch (difference.effect()) {
            case LIVE -> isDryRun ? "would be applied" : "applied";
            case RESTART -> "at the next start of the daemon";
          });
    }
    return table.toString();
  }

  static String step(ChangeStep step) {
    return "%-7s  %s  %s".formatted(word(step.name()), step.detail(), took(step.took()));
  }

  static String change(PluginChange change) {
    boolean isOneVersion = change.from().isEmpty() || change.to().isEmpty();
    String versions =
        isOneVersion ? change.from() + change.to() : change.from() + " -> " + change.to();
    String outcome =
        change.outcome() == PluginChange.Outcome.REHEARSED
            ? "would work; nothing was changed"
            : word(change.outcome());
    return "%s %s %s: %s".formatted(word(change.kind()), change.bundle(), versions, outcome);
  }

  private static String took(Duration time) {
    long micros = time.toNanos() / 1000;
    return micros > 0 && micros < 1000 ? micros + " us" : micros / 1000 + " ms";
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String dash(String text) {
    return text.isEmpty() ? "-" : text;
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
