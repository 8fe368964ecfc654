// SPDX-License-Identifier: Apache-2.0
package gantry.oci.convert;

import gantry.oci.MediaTypes;

/** Which media type something has after a conversion. */
final class LayerTypes {
  private LayerTypes() {}

  /** OCI's type for one of Docker's; others stay. */
  static String oci(String mediaType) {
    return switch (mediaType) {
      case MediaTypes.DOCKER_LIST -> MediaTypes.OCI_INDEX;
      case MediaTypes.DOCKER_MANIFEST -> MediaTypes.OCI_MANIFEST;
      case MediaTypes.DOCKER_CONFIG -> MediaTypes.OCI_CONFIG;
      case MediaTypes.DOCKER_LAYER -> MediaTypes.OCI_LAYER;
      case MediaTypes.DOCKER_LAYER_GZIP -> MediaTypes.OCI_LAYER_GZIP;
      case MediaTypes.DOCKER_LAYER_ZSTD -> MediaTypes.OCI_LAYER_ZSTD;
      case MediaTypes.DOCKER_FOREIGN_LAYER -> MediaTypes.OCI_FOREIGN_LAYER;
      case MediaTypes.DOCKER_FOREIGN_LAYER_GZIP -> MediaTypes.OCI_FOREIGN_LAYER_GZIP;
      case MediaTypes.DOCKER_FOREIGN_LAYER_ZSTD -> MediaTypes.OCI_FOREIGN_LAYER_ZSTD;
      default -> mediaType;
    };
  }

  /** The type of a compressed layer without its compression; others stay. */
  static String uncompressed(String mediaType) {
    return switch (mediaType) {
      case MediaTypes.OCI_LAYER_GZIP, MediaTypes.OCI_LAYER_ZSTD -> MediaTypes.OCI_LAYER;
      case MediaTypes.OCI_FOREIGN_LAYER_GZIP, MediaTypes.OCI_FOREIGN_LAYER_ZSTD ->
          MediaTypes.OCI_FOREIGN_LAYER;
      case MediaTypes.DOCKER_LAYER_GZIP, MediaTypes.DOCKER_LAYER_ZSTD -> MediaTypes.DOCKER_LAYER;
      case MediaTypes.DOCKER_FOREIGN_LAYER_GZIP, MediaTypes.DOCKER_FOREIGN_LAYER_ZSTD ->
          MediaTypes.DOCKER_FOREIGN_LAYER;
      default -> mediaType;
    };
  }

  /** Whether it is a layer that says it is not compressed. */
  static boolean isPlain(String mediaType) {
    return mediaType.equals(MediaTypes.OCI_LAYER)
        || mediaType.equals(MediaTypes.OCI_FOREIGN_LAYER)
        || mediaType.equals(MediaTypes.DOCKER_LAYER)
        || mediaType.equals(MediaTypes.DOCKER_FOREIGN_LAYER);
  }
}
