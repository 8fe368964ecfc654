// SPDX-License-Identifier: Apache-2.0
package gantry.daemon;

import java.util.ArrayList;
import java.util.List;

/** Splits headers of OSGi manifests at separators that are not inside quotes. */
final class Clauses {
  private Clauses() {}

  static List<String> split(String header, char separator) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < header.length(); i++) {
      char c = header.charAt(i);
      quoted ^= c == '"';
      if (c == separator && !quoted) {
        parts.add(part.toString().strip());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString().strip());
    return parts;
  }
}
