// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import java.util.List;
import java.util.Map;

/**
 * A request the registry got.
 *
 * @param path with its query if it has one
 * @param headers names in lower case
 */
public record SeenRequest(String method, String path, Map<String, List<String>> headers) {
  /** Copies the headers. */
  public SeenRequest {
    headers = Map.copyOf(headers);
  }

  /** The first value of a header, or an empty string. */
  public String header(String name) {
    return headers.getOrDefault(name, List.of("")).getFirst();
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
