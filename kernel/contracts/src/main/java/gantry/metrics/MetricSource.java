// SPDX-License-Identifier: Apache-2.0
package gantry.metrics;

import gantry.plugins.Contract;
import java.util.List;

/** A plugin that counts something. Safe for concurrent use. */
@Contract
public interface MetricSource {
  /** The numbers of now. Answers at once: it asks no other process and no disk. */
  List<MetricFamily> metrics();
}
