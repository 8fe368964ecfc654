// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.util.List;

/** The two that are compared. */
record Pair(Side gantry, Side peer) implements AutoCloseable {
  /** Both, in the order of their turns. */
  List<Side> sides() {
    return List.of(gantry, peer);
  }

  @Override
  public void close() {
    gantry.close();
    peer.close();
  }
}
