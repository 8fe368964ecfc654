// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.errors.InvalidArgumentException;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import java.util.ArrayList;
import java.util.List;

/**
 * The layers of an image, lowest first.
 *
 * @param config of the image
 * @param diffIds digests of the uncompressed layers
 * @param chainIds names of the snapshots
 */
public record Stack(
    Descriptor config, List<LayerFeed> layers, List<Digest> diffIds, List<Digest> chainIds) {
  /** Copies the lists. */
  public Stack {
    layers = List.copyOf(layers);
    diffIds = List.copyOf(diffIds);
    chainIds = List.copyOf(chainIds);
  }

  /**
   * Puts layers and what the configuration says of them together.
   *
   * @throws InvalidArgumentException if they are not equally many
   */
  public static Stack of(Descriptor config, List<LayerFeed> layers, List<Digest> diffIds) {
    if (layers.size() != diffIds.size()) {
      throw new InvalidArgumentException(
          "unpack image %s: number of layers and diffIDs don't match: %d != %d"
              .formatted(config.digest(), layers.size(), diffIds.size()));
    }
    List<Digest> chainIds = new ArrayList<>();
    for (Digest diffId : diffIds) {
      chainIds.add(chainIds.isEmpty() ? diffId : ChainId.of(List.of(chainIds.getLast(), diffId)));
    }
    return new Stack(config, layers, diffIds, chainIds);
  }

  int size() {
    return layers.size();
  }

  String name(int index) {
    return chainIds.get(index).toString();
  }

  /** Name of the snapshot below; empty for the lowest. */
  String parent(int index) {
    return index == 0 ? "" : name(index - 1);
  }

  /** Brings a layer and all above it. */
  void startFrom(int index) {
    layers.subList(index, layers.size()).forEach(LayerFeed::start);
  }
}
