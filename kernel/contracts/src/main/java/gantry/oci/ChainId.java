// SPDX-License-Identifier: Apache-2.0
package gantry.oci;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The identity of a stack of layers, OCI image specification "Layer ChainID". */
public final class ChainId {
  private ChainId() {}

  /**
   * The chain id of these uncompressed layer digests, lowest layer first.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Digest of(List<Digest> diffIds) {
    if (diffIds.isEmpty()) {
      throw new IllegalArgumentException("no chain id without a layer");
    }
    Digest chain = diffIds.getFirst();
    for (Digest diffId : diffIds.subList(1, diffIds.size())) {
      chain = Digest.sha256((chain + " " + diffId).getBytes(StandardCharsets.US_ASCII));
    }
    return chain;
  }
}
