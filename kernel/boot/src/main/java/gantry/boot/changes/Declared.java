// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.util.List;

/**
 * A component as a bundle describes it.
 *
 * @param entry the description's name in the bundle
 * @param plugin its URI; empty if it is no plugin
 * @param exclusive whether only one version may be active at a time
 * @param implementation name of its class
 */
record Declared(
    String entry, String name, String plugin, boolean exclusive, String implementation) {

  static List<String> plugins(List<Declared> components) {
    return components.stream()
        .map(Declared::plugin)
        .filter(uri -> !uri.isEmpty())
        .sorted()
        .toList();
  }

  static String exclusive(List<Declared> components) {
    return components.stream()
        .filter(Declared::exclusive)
        .map(Declared::plugin)
        .findFirst()
        .orElse("");
  }
}
