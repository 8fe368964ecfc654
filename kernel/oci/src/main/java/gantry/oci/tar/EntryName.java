// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import java.util.ArrayList;
import java.util.List;

/**
 * The name of an entry, cleaned as text: without {@code .}, with each {@code ..} taken back, and
 * never above the root.
 *
 * @param parent path of the directory, empty for the root
 * @param base last component, empty for the root itself
 */
record EntryName(String parent, String base) {
  static EntryName of(String name) {
    List<String> steps = new ArrayList<>();
    for (String step : name.split("/", -1)) {
      switch (step) {
        case "", "." -> {}
        case ".." -> {
          if (!steps.isEmpty()) {
            steps.removeLast();
          }
        }
        default -> steps.add(step);
      }
    }
    if (steps.isEmpty()) {
      return new EntryName("", "");
    }
    String base = steps.removeLast();
    return new EntryName(String.join("/", steps), base);
  }

  boolean isRoot() {
    return base.isEmpty();
  }
}
