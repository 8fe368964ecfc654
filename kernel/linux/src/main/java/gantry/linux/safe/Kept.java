// SPDX-License-Identifier: Apache-2.0
package gantry.linux.safe;

import gantry.linux.Fd;
import java.util.List;

/**
 * Descriptors kept under one name; closing this closes them.
 *
 * @param label of their owner's making
 * @param descriptors in the order they were put
 */
public record Kept(String label, List<Fd> descriptors) implements AutoCloseable {
  @Override
  public void close() {
    descriptors.forEach(Fd::close);
  }
}
