// SPDX-License-Identifier: Apache-2.0
package gantry.networks;

import java.nio.file.Path;
import java.util.Map;

/**
 * A container that wants to be in the networks.
 *
 * @param containerId unique on this host
 * @param namespace file of its network namespace
 * @param arguments {@code CNI_ARGS}: words for all network plugins
 * @param capabilities JSON by name of what network plugins may support, for example {@code
 *     portMappings}
 */
public record NetworkRequest(
    String containerId,
    Path namespace,
    Map<String, String> arguments,
    Map<String, String> capabilities) {
  /** Copies the maps. */
  public NetworkRequest {
    arguments = Map.copyOf(arguments);
    capabilities = Map.copyOf(capabilities);
  }

  /** A request without arguments and capabilities. */
  public static NetworkRequest of(String containerId, Path namespace) {
    return new NetworkRequest(containerId, namespace, Map.of(), Map.of());
  }
}
