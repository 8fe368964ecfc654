// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.networks.NetworkResult;
import gantry.networks.NetworkResult.Address;
import gantry.networks.NetworkResult.Dns;
import gantry.networks.NetworkResult.Interface;
import gantry.networks.NetworkResult.Route;
import java.util.ArrayList;
import java.util.List;

/** Collects the results of several networks; knows the formats of all versions. */
final class Results {
  private final List<Interface> interfaces = new ArrayList<>();
  private final List<Address> addresses = new ArrayList<>();
  private final List<Route> routes = new ArrayList<>();
  private final List<String> nameservers = new ArrayList<>();
  private final List<String> search = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private String domain = "";

  void add(Attachment attachment) {
    JsonNode result = attachment.result();
    if (result == null) {
      return;
    }
    result.path("interfaces").forEach(node -> interfaces.add(link(node)));
    result.path("ips").forEach(node -> addresses.add(address(node, result, attachment)));
    old(result.path("ip4"), attachment);
    old(result.path("ip6"), attachment);
    result.path("routes").forEach(this::route);
    dns(result.path("dns"));
  }

  NetworkResult all() {
    return new NetworkResult(
        interfaces, addresses, routes, new Dns(nameservers, domain, search, options));
  }

  private static Interface link(JsonNode node) {
    return new Interface(text(node, "name"), text(node, "mac"), text(node, "sandbox"));
  }

  private static Address address(JsonNode node, JsonNode result, Attachment attachment) {
    JsonNode link = result.path("interfaces").path(node.path("interface").asInt(-1));
    return new Address(
        text(node, "address"),
        text(node, "gateway"),
        link.path("name").asText(attachment.interfaceName()));
  }

  /** Before version 0.3.0 there was at most one address of each kind, with its own routes. */
  private void old(JsonNode node, Attachment attachment) {
    if (node.has("ip")) {
      addresses.add(
          new Address(text(node, "ip"), text(node, "gateway"), attachment.interfaceName()));
      node.path("routes").forEach(this::route);
    }
  }

  private void route(JsonNode node) {
    routes.add(new Route(text(node, "dst"), text(node, "gw")));
  }

  private void dns(JsonNode node) {
    node.path("nameservers").forEach(name -> nameservers.add(name.asText()));
    node.path("search").forEach(name -> search.add(name.asText()));
    node.path("options").forEach(name -> options.add(name.asText()));
    if (domain.isEmpty()) {
      domain = text(node, "domain");
    }
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asText("");
  }
}
