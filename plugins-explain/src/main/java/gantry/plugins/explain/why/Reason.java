// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginReference;
import gantry.plugins.explain.why.Chain.Link;
import java.util.List;
import java.util.Objects;

/** What is wrong with one link of a chain, and what helps. */
final class Reason {
  /** The condition by which the kernel disables a plugin. */
  static final String DISABLED = "gantry.disabled";

  private final List<PluginDetail> plugins;

  Reason(List<PluginDetail> plugins) {
    this.plugins = plugins;
  }

  /** What is wrong, as the rest of a sentence that begins with the plugin. */
  String words(Link link) {
    PluginReference lacks = link.lacks();
    if (lacks != null) {
      return lacking(link.plugin(), lacks);
    }
    if (!link.plugin().failure().isEmpty()) {
      Failure failure = Failure.parse(link.plugin().failure());
      return "failed to start: "
          + failure.root()
          + failure.where().map(where -> ", at " + where).orElse("");
    }
    return "does not serve: " + status(link.plugin());
  }

  /** What a person can do about it. */
  String remedy(Link link) {
    PluginDetail plugin = link.plugin();
    PluginReference lacks = link.lacks();
    if (lacks != null) {
      return remedy(plugin, lacks);
    }
    if (!plugin.failure().isEmpty()) {
      return "correct what the exception names (its table is [plugins.\"%s\"] in the configuration),"
              .formatted(Names.uri(plugin))
          + " then reload the configuration, or swap in a version of bundle "
          + plugin.bundle()
          + " that starts";
    }
    String reason = status(plugin);
    if (reason.contains(" lacks ")) {
      return "swap in a version of bundle %s that was built for this daemon: packages come from the"
              .formatted(plugin.bundle())
          + " daemon alone, plugins do not lend each other any";
    }
    if (reason.contains("is stopped") || reason.contains("is not started")) {
      return "start bundle %s in the shell: start %s".formatted(plugin.bundle(), plugin.bundle());
    }
    return plugin.pending() ? "wait a moment" : "";
  }

  private static String status(PluginDetail plugin) {
    return Objects.requireNonNullElse(plugin.status().reason(), "it says not why");
  }

  private String lacking(PluginDetail plugin, PluginReference lacks) {
    return switch (lacks.kind()) {
      case CONDITION ->
          lacks.wanted().equals(DISABLED)
              ? "is disabled by configuration"
              : unmet(plugin, lacks.wanted());
      case SERVICE -> "waits for the service " + lacks.wanted();
      case CONTRACT ->
          lacks.plugin().isEmpty()
              ? "waits for a plugin that offers %s%s".formatted(lacks.wanted(), candidates(lacks))
              : "waits for %s from %s%s"
                  .formatted(
                      lacks.wanted(),
                      lacks.plugin(),
                      Chain.candidates(lacks, plugins).isEmpty() ? ", which is not installed" : "");
    };
  }

  private static String unmet(PluginDetail plugin, String condition) {
    return plugin.pending()
        ? "waits for the condition %s, which nobody has declared".formatted(condition)
        : "lacks something of the host (condition %s): %s".formatted(condition, status(plugin));
  }

  private String candidates(PluginReference lacks) {
    List<String> names = Chain.candidates(lacks, plugins).stream().map(Names::uri).toList();
    return names.isEmpty()
        ? "; none that is installed does"
        : "; installed: " + String.join(", ", names);
  }

  private String remedy(PluginDetail plugin, PluginReference lacks) {
    String uri = Names.uri(plugin);
    return switch (lacks.kind()) {
      case CONDITION -> {
        if (lacks.wanted().equals(DISABLED)) {
          yield "take \"%s\" out of disabled_plugins in the configuration, then reload it"
              .formatted(uri);
        }
        yield plugin.pending()
            ? "install the bundle whose probe declares " + lacks.wanted()
            : "give the host what the probe names, then restart the daemon, or disable the plugin";
      }
      case SERVICE ->
          "nothing registers it: start the bundle that should, or swap in "
              + "another"
              + " version of bundle "
              + plugin.bundle();
      case CONTRACT -> "install a plugin that offers it; %s starts by itself then".formatted(uri);
    };
  }
}
