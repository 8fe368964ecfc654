// SPDX-License-Identifier: Apache-2.0
package gantry.networks;

import java.util.List;

/** What a container has of its networks, without loopback. */
public record NetworkResult(
    List<Interface> interfaces, List<Address> addresses, List<Route> routes, Dns dns) {
  /** Copies the lists. */
  public NetworkResult {
    interfaces = List.copyOf(interfaces);
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
  }

  /**
   * An interface made for the container.
   *
   * @param mac may be empty
   * @param namespace file of the network namespace it is in; empty for the host's
   */
  public record Interface(String name, String mac, String namespace) {}

  /**
   * An address of the container.
   *
   * @param address with the length of the prefix, for example {@code 10.0.0.2/24}
   * @param gateway may be empty
   * @param interfaceName which of the container's interfaces has it
   */
  public record Address(String address, String gateway, String interfaceName) {
    /** The address without the length of the prefix. */
    public String host() {
      int slash = address.indexOf('/');
      return slash < 0 ? address : address.substring(0, slash);
    }
  }

  /**
   * A route in the container.
   *
   * @param gateway may be empty
   */
  public record Route(String destination, String gateway) {}

  /**
   * What belongs into the container's {@code resolv.conf}.
   *
   * @param domain may be empty
   */
  public record Dns(
      List<String> nameservers, String domain, List<String> search, List<String> options) {
    /** Copies the lists. */
    public Dns {
      nameservers = List.copyOf(nameservers);
      search = List.copyOf(search);
      options = List.copyOf(options);
    }
  }
}
