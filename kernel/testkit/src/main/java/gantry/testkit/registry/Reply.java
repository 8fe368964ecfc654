// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.registry;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** An answer before faults strike it. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Reply(int status, Map<String, String> headers, byte[] body) {
  static Reply of(int status) {
    return new Reply(status, Map.of(), new byte[0]);
  }

  static Reply json(int status, String json) {
    return new Reply(
        status, Map.of("Content-Type", "application/json"), json.getBytes(StandardCharsets.UTF_8));
  }

  /** An error in the form of the distribution specification. */
  static Reply error(int status, String code, String message) {
    return json(
        status, "{\"errors\":[{\"code\":\"%s\",\"message\":\"%s\"}]}".formatted(code, message));
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  Reply with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    if (value.isEmpty()) {
      more.keySet().removeIf(name::equalsIgnoreCase);
    } else {
      more.put(name, value);
    }
    return new Reply(status, more, body);
  }
}
