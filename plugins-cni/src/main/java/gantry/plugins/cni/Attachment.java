// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.cni;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.networks.NetworkRequest;
import org.jspecify.annotations.Nullable;

/**
 * A container in one network.
 *
 * @param network as it was configured when the container got into it
 * @param interfaceName in the container
 * @param result what the last program said; null if none got that far
 */
record Attachment(
    NetworkRequest request,
    NetworkConfig network,
    String interfaceName,
    @Nullable JsonNode result) {
  Attachment with(JsonNode newResult) {
    return new Attachment(request, network, interfaceName, newResult);
  }
}
