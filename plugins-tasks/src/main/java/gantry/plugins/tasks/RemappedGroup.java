// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gantry.errors.InvalidArgumentException;
import gantry.typed.TypedValue;
import java.io.IOException;

/** Finds the group on the host that is root in a container with a user namespace. */
final class RemappedGroup {
  private static final int NONE = 0;

  private final ObjectMapper json = new ObjectMapper();

  /**
   * The group id on the host, or 0 if the specification maps none.
   *
   * @throws InvalidArgumentException if the specification is not JSON
   */
  int of(TypedValue spec) {
    for (JsonNode mapping : read(spec).path("linux").path("gidMappings")) {
      if (mapping.path("containerID").asLong() == 0) {
        return mapping.path("hostID").asInt(NONE);
      }
    }
    return NONE;
  }

  private JsonNode read(TypedValue spec) {
    try {
      return json.readTree(spec.value());
    } catch (IOException e) {
      throw new InvalidArgumentException(
          "create task: the container's spec is not JSON: " + e.getMessage(), e);
    }
  }
}
