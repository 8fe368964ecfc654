// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.why;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginReference.Kind;
import gantry.plugins.PluginStatus.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From a plugin that does not serve to where the trouble is.
 *
 * @param links the plugin itself first, then whom it waits for, and so on
 * @param circle whether the last waits for one of those before
 */
record Chain(List<Link> links, boolean circle) {
  /**
   * A plugin that does not serve.
   *
   * @param lacks what it waits for; null if it failed, or does not run
   */
  record Link(PluginDetail plugin, @Nullable PluginReference lacks) {}

  /** The chain of a plugin; empty if it serves. */
  static Chain of(PluginDetail plugin, List<PluginDetail> plugins) {
    List<Link> links = new ArrayList<>();
    Optional<PluginDetail> next = Optional.of(plugin);
    while (next.isPresent() && next.get().status().state() != State.OK) {
      PluginDetail here = next.get();
      if (links.stream().anyMatch(link -> link.plugin().equals(here))) {
        return new Chain(links, true);
      }
      PluginReference lacks = lacks(here);
      links.add(new Link(here, lacks));
      next = lacks == null ? Optional.empty() : blamed(lacks, plugins);
    }
    return new Chain(links, false);
  }

  /** Who would offer what is asked for, and does not: the first if there are several. */
  static Optional<PluginDetail> blamed(PluginReference lacks, List<PluginDetail> plugins) {
    return candidates(lacks, plugins).stream()
        .filter(plugin -> plugin.status().state() != State.OK)
        .findFirst();
  }

  /** All who offer what is asked for, or would. */
  static List<PluginDetail> candidates(PluginReference lacks, List<PluginDetail> plugins) {
    if (lacks.kind() == Kind.CONDITION) {
      return List.of();
    }
    return plugins.stream()
        .filter(
            plugin ->
                lacks.plugin().isEmpty()
                    ? plugin.offers().contains(lacks.wanted())
                    : Names.uri(plugin).equals(lacks.plugin()))
        .toList();
  }

  /** What keeps a plugin from serving; conditions first, since nothing else helps without them. */
  static @Nullable PluginReference lacks(PluginDetail plugin) {
    PluginReference first = null;
    for (PluginReference reference : plugin.references()) {
      if (!reference.satisfied() && !reference.optional()) {
        if (reference.kind() == Kind.CONDITION) {
          return reference;
        }
        first = first == null ? reference : first;
      }
    }
    return first;
  }
}
