// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.filters.FieldPaths;
import java.util.Map;

/** Which labels an update names. */
final class LabelPaths {
  private LabelPaths() {}

  static FieldPaths of(Map<String, String> labels) {
    return new FieldPaths(labels.keySet().stream().sorted().map("labels."::concat).toList());
  }
}
