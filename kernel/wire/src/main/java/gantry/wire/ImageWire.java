// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.images.Image;
import gantry.labels.Labels;

/** Images. */
public final class ImageWire {
  private ImageWire() {}

  /** Encodes an image. */
  public static containerd.services.images.v1.Image encode(Image image) {
    return containerd.services.images.v1.Image.newBuilder()
        .setName(image.name())
        .putAllLabels(image.labels().map())
        .setTarget(DescriptorWire.encode(image.target()))
        .setCreatedAt(TimestampWire.encode(image.createdAt()))
        .setUpdatedAt(TimestampWire.encode(image.updatedAt()))
        .build();
  }

  /**
   * Decodes an image.
   *
   * @throws gantry.errors.InvalidArgumentException if its target's digest is not one or a label too
   *     long
   */
  public static Image decode(containerd.services.images.v1.Image image) {
    return new Image(
        image.getName(),
        Labels.of(image.getLabelsMap()),
        DescriptorWire.decode(image.getTarget()),
        TimestampWire.decode(image.getCreatedAt()),
        TimestampWire.decode(image.getUpdatedAt()));
  }
}
