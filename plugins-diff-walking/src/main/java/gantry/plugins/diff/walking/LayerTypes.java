// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.errors.UnimplementedException;
import gantry.oci.MediaTypes;
import gantry.oci.compression.Compression;

/** The media types of layers of tar. */
final class LayerTypes {
  private static final String OCI_NON_DISTRIBUTABLE =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";

  private LayerTypes() {}

  /**
   * Whether the first bytes of a layer tell how it is compressed; otherwise it is plain. Docker's
   * plain type was also given to compressed layers.
   *
   * @throws UnimplementedException if it is no layer of tar
   */
  static boolean tellsByContent(String mediaType) {
    return switch (mediaType) {
      case MediaTypes.OCI_LAYER, OCI_NON_DISTRIBUTABLE -> false;
      case MediaTypes.OCI_LAYER_GZIP,
          MediaTypes.OCI_LAYER_ZSTD,
          OCI_NON_DISTRIBUTABLE + "+gzip",
          OCI_NON_DISTRIBUTABLE + "+zstd",
          MediaTypes.DOCKER_LAYER,
          MediaTypes.DOCKER_LAYER_GZIP,
          MediaTypes.DOCKER_LAYER_ZSTD,
          MediaTypes.DOCKER_FOREIGN_LAYER,
          MediaTypes.DOCKER_FOREIGN_LAYER_GZIP ->
          true;
      default ->
          throw new UnimplementedException(
              "failed to get stream processor for %s: no processor for media-type"
                  .formatted(mediaType));
    };
  }

  /**
   * How to compress a layer that is to be made.
   *
   * @throws UnimplementedException if such layers are not made here
   */
  static Compression compression(String mediaType) {
    return switch (mediaType) {
      case MediaTypes.OCI_LAYER, MediaTypes.DOCKER_LAYER -> Compression.NONE;
      case MediaTypes.OCI_LAYER_GZIP, MediaTypes.DOCKER_LAYER_GZIP -> Compression.GZIP;
      case MediaTypes.OCI_LAYER_ZSTD, MediaTypes.DOCKER_LAYER_ZSTD -> Compression.ZSTD;
      default -> throw new UnimplementedException("unsupported diff media type: " + mediaType);
    };
  }
}
