// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a privileged container may do beyond having all capabilities. */
final class Privileges {
  private Privileges() {}

  static void grant(ObjectNode spec) throws IOException {
    ObjectNode linux = (ObjectNode) spec.get("linux");
    linux.remove(List.of("maskedPaths", "readonlyPaths"));
    for (JsonNode mount : spec.path("mounts")) {
      String type = mount.path("type").asText();
      if (type.equals("sysfs") || type.equals("cgroup")) {
        ((ObjectNode) mount).set("options", writable(mount.path("options")));
      }
    }
    ArrayNode rules = linux.withObject("/resources").putArray("devices");
    rules.addObject().put("allow", true).put("access", "rwm");
    Devices.add(spec, Path.of("/dev"));
  }

  private static JsonNode writable(JsonNode options) {
    List<String> kept = new ArrayList<>();
    options.forEach(option -> kept.add(option.asText().equals("ro") ? "rw" : option.asText()));
    return Json.tree(kept);
  }
}
