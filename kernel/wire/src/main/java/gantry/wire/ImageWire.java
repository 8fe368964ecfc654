// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.labels.Labels;

/** Images. */
public final class ImageWire {
  private static final String NO_DIGEST = "sha256:" + "0".repeat(64);

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

  /**
   * Decodes the image of an update. A client that changes labels or annotations alone need not name
   * the target; its digest is then one that nothing has.
   *
   * @throws gantry.errors.InvalidArgumentException as {@link #decode}
   */
  public static Image decode(containerd.services.images.v1.Image image, FieldPaths paths) {
    boolean targetCounts = paths.isEmpty() || paths.paths().contains("target");
    return targetCounts || !image.getTarget().getDigest().isEmpty()
        ? decode(image)
        : decode(
            image.toBuilder()
                .setTarget(image.getTarget().toBuilder().setDigest(NO_DIGEST))
                .build());
  }
}
