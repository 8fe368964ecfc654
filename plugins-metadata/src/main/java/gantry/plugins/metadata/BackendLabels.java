// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.util.TreeMap;

/** Which labels of a snapshot its raw snapshotter is told. */
final class BackendLabels {
  private BackendLabels() {}

  static Labels of(Labels labels) {
    TreeMap<String, String> told = new TreeMap<>(labels.map());
    told.keySet()
        .removeIf(
            key ->
                !key.startsWith(WellKnown.SNAPSHOT_PREFIX) && !key.equals(WellKnown.SNAPSHOT_REF));
    return new Labels(told);
  }
}
