// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain;

import gantry.plugins.DaemonInfo;
import gantry.plugins.HandleStatus;
import gantry.plugins.Plugin;
import gantry.plugins.PluginGuide;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginTraffic;
import gantry.plugins.explain.graph.DotText;
import gantry.plugins.explain.graph.Graph;
import gantry.plugins.explain.graph.Picture;
import gantry.plugins.explain.graph.TreeText;
import gantry.plugins.explain.why.Explanation;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;

/** Explains what the inventory says at the moment; keeps nothing. */
@Component(name = Guide.PLUGIN, immediate = true)
@Plugin(Guide.PLUGIN)
public final class Guide implements PluginGuide {
  static final String PLUGIN = "io.containerd.internal.v1.explain";

  private final PluginInventory inventory;
  private final @Nullable PluginTraffic traffic;
  private final DaemonInfo daemon;
  private final Clock clock;

  /** Explains the plugins of this daemon. */
  @Activate
  public Guide(
      @Reference PluginInventory inventory,
      @Reference(cardinality = ReferenceCardinality.OPTIONAL) @Nullable PluginTraffic traffic,
      @Reference DaemonInfo daemon) {
    this(inventory, traffic, daemon, Clock.systemUTC());
  }

  Guide(
      PluginInventory inventory, @Nullable PluginTraffic traffic, DaemonInfo daemon, Clock clock) {
    this.inventory = inventory;
    this.traffic = traffic;
    this.daemon = daemon;
    this.clock = clock;
  }

  @Override
  public String why(String plugin) {
    List<HandleStatus> handles = traffic == null ? List.of() : traffic.handles();
    return new Explanation(inventory.details(), handles, clock).of(plugin);
  }

  @Override
  public String graph(Format format) {
    Graph graph = Graph.of(inventory.details());
    return switch (format) {
      case TREE -> TreeText.of(graph);
      case DOT -> DotText.of(graph);
      case SVG -> Picture.of(graph, daemon.version(), clock);
    };
  }
}
