// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.explain.graph;

import gantry.plugins.PluginDetail;
import gantry.plugins.PluginReference;
import gantry.plugins.PluginReference.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Who asks whom for what.
 *
 * @param nodes by name
 * @param edges by who asks, then by who is asked; at most one for each pair
 */
public record Graph(List<Node> nodes, List<Edge> edges) {
  /**
   * A plugin, or something that is asked for and that nobody has.
   *
   * @param name URI of the plugin, or interface of what is missing
   * @param family the type without its version and the domain it begins with: {@code snapshotter}
   * @param label what is written first: the id
   * @param offers interfaces it has for others, without packages
   * @param reason why it is as it is; empty if it serves
   */
  public record Node(
      String name,
      String family,
      String label,
      List<String> offers,
      Condition condition,
      String reason) {}

  /** How a node is. */
  public enum Condition {
    /** It serves. */
    SERVES,
    /** It waits for something that may yet come. */
    WAITS,
    /** It does not serve, and shall not. */
    SKIPPED,
    /** It failed. */
    FAILED,
    /** It is asked for, and no plugin has it. */
    MISSING
  }

  /**
   * A plugin asks another.
   *
   * @param contracts what for, without packages
   * @param optional whether it serves without
   * @param met whether it has it
   */
  public record Edge(
      String from, String to, Set<String> contracts, boolean optional, boolean met) {}

  /** The graph of these plugins. */
  public static Graph of(List<PluginDetail> plugins) {
    Map<String, Node> nodes = new TreeMap<>();
    Map<List<String>, Edge> edges = new LinkedHashMap<>();
    plugins.forEach(plugin -> nodes.put(name(plugin), node(plugin)));
    for (PluginDetail plugin : plugins) {
      for (PluginReference reference : plugin.references()) {
        for (String provider : providers(reference, plugins)) {
          if (provider.equals(name(plugin))) {
            continue;
          }
          nodes.computeIfAbsent(provider, missing -> missing(missing, plugin));
          Edge edge =
              new Edge(
                  name(plugin),
                  provider,
                  new TreeSet<>(Set.of(simple(reference.wanted()))),
                  reference.optional(),
                  reference.satisfied());
          edges.merge(List.of(edge.from(), edge.to()), edge, Graph::both);
        }
      }
    }
    List<Edge> sorted = new ArrayList<>(edges.values());
    sorted.sort(Comparator.comparing(Edge::from).thenComparing(Edge::to));
    return new Graph(List.copyOf(nodes.values()), List.copyOf(sorted));
  }

  /** Whom a node asks, in order. */
  List<Edge> from(String name) {
    return edges.stream().filter(edge -> edge.from().equals(name)).toList();
  }

  /** Whether anybody asks a node. */
  boolean isAsked(String name) {
    return edges.stream().anyMatch(edge -> edge.to().equals(name));
  }

  /** The last part of an interface's name. */
  static String simple(String type) {
    return type.substring(type.lastIndexOf('.') + 1);
  }

  private static Edge both(Edge one, Edge other) {
    Set<String> contracts = new TreeSet<>(one.contracts());
    contracts.addAll(other.contracts());
    return new Edge(
        one.from(),
        one.to(),
        contracts,
        one.optional() && other.optional(),
        one.met() && other.met());
  }

  /** Who has what is asked for; if nobody, who would have it; if nobody would, its own name. */
  private static List<String> providers(PluginReference reference, List<PluginDetail> plugins) {
    if (!reference.providers().isEmpty()) {
      return reference.providers();
    }
    if (reference.kind() != Kind.CONTRACT || reference.optional()) {
      return List.of();
    }
    if (!reference.plugin().isEmpty()) {
      return List.of(reference.plugin());
    }
    List<String> would =
        plugins.stream()
            .filter(plugin -> plugin.offers().contains(reference.wanted()))
            .map(Graph::name)
            .toList();
    return would.isEmpty() ? List.of(reference.wanted()) : would;
  }

  private static String name(PluginDetail plugin) {
    return plugin.status().uri().toString();
  }

  private static Node node(PluginDetail plugin) {
    String reason = plugin.status().reason();
    return new Node(
        name(plugin),
        family(plugin.status().uri().type()),
        plugin.status().uri().id(),
        plugin.offers().stream()
            .filter(offer -> offer.startsWith("gantry.") && !offer.startsWith("gantry.plugins."))
            .map(Graph::simple)
            .sorted()
            .toList(),
        condition(plugin),
        reason == null ? "" : reason);
  }

  private static Node missing(String name, PluginDetail who) {
    return new Node(
        name,
        "",
        simple(name),
        List.of(),
        Condition.MISSING,
        "no plugin that is installed offers it; %s asks for it".formatted(name(who)));
  }

  private static Condition condition(PluginDetail plugin) {
    return switch (plugin.status().state()) {
      case OK -> Condition.SERVES;
      case SKIP -> Condition.SKIPPED;
      case ERROR -> plugin.pending() ? Condition.WAITS : Condition.FAILED;
    };
  }

  private static String family(String type) {
    String[] parts = type.split("\\.", -1);
    return parts.length < 2 ? type : parts[parts.length - 2];
  }
}
