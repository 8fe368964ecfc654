// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.cli.command.UsageException;
import java.util.List;

/** The option {@code --mount type=bind,src=/tmp,dst=/host,options=rbind:ro}. */
final class MountOption {
  private MountOption() {}

  static ObjectNode parse(String text) {
    ObjectNode mount = Json.object();
    for (String field : text.split(",", -1)) {
      int equals = field.indexOf('=');
      String key = equals < 0 ? field : field.substring(0, equals);
      String value = equals < 0 ? "" : field.substring(equals + 1);
      switch (key) {
        case "type" -> mount.put("type", value);
        case "source", "src" -> mount.put("source", value);
        case "destination", "dst" -> mount.put("destination", value);
        case "options" -> mount.set("options", Json.tree(List.of(value.split(":", -1))));
        default ->
            throw new UsageException(
                "--mount %s: unknown field \"%s\"; want type=,src=,dst=,options=a:b"
                    .formatted(text, key));
      }
    }
    if (!mount.path("destination").asText().startsWith("/")) {
      throw new UsageException("--mount %s: dst must be an absolute path".formatted(text));
    }
    return mount;
  }

  static ObjectNode bind(String source, String destination, List<String> options) {
    ObjectNode mount =
        Json.object().put("destination", destination).put("type", "bind").put("source", source);
    mount.set("options", Json.tree(options));
    return mount;
  }
}
