// SPDX-License-Identifier: Apache-2.0
package gantry.oci;

import java.util.Set;

/** Media types of images, OCI's and Docker's. */
public final class MediaTypes {
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
  public static final String OCI_FOREIGN_LAYER =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  public static final String OCI_FOREIGN_LAYER_GZIP =
      "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip";
  public static final String OCI_FOREIGN_LAYER_ZSTD =
      "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd";
  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
  public static final String DOCKER_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.diff.tar.gzip";
  public static final String DOCKER_LAYER_ZSTD =
      "application/vnd.docker.image.rootfs.diff.tar.zstd";
  public static final String DOCKER_FOREIGN_LAYER =
      "application/vnd.docker.image.rootfs.foreign.diff.tar";
  public static final String DOCKER_FOREIGN_LAYER_GZIP =
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

  public static final String DOCKER_FOREIGN_LAYER_ZSTD =
      "application/vnd.docker.image.rootfs.foreign.diff.tar.zstd";

  /** The old manifest of Docker, which is refused. */
  public static final String DOCKER_SCHEMA1 =
      "application/vnd.docker.distribution.manifest.v1+prettyjws";

  /** The two bytes <code>{}</code> where something without a configuration needs one. */
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";

  public static final String EROFS_LAYER = "application/vnd.erofs.layer.v1";
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  /** Memory and state of a container that was checkpointed. */
  public static final String CHECKPOINT =
      "application/vnd.containerd.container.criu.checkpoint.criu.tar";

  /** Configuration of an image that is a checkpoint. */
  public static final String CHECKPOINT_CONFIG =
      "application/vnd.containerd.container.checkpoint.config.v1+proto";

  private static final String OCI_LAYERS = "application/vnd.oci.image.layer.";
  private static final String OCI_NON_DISTRIBUTABLE = OCI_LAYERS + "nondistributable.";
  private static final String DOCKER_FOREIGN = "application/vnd.docker.image.rootfs.foreign.";
  private static final Set<String> LAYERS =
      Set.of(
          DOCKER_LAYER,
          DOCKER_LAYER_GZIP,
          DOCKER_LAYER_ZSTD,
          DOCKER_FOREIGN_LAYER,
          DOCKER_FOREIGN_LAYER_GZIP,
          DOCKER_FOREIGN_LAYER_ZSTD,
          EROFS_LAYER);
  private static final Set<String> CONFIGS =
      Set.of(OCI_CONFIG, DOCKER_CONFIG, CHECKPOINT, CHECKPOINT_CONFIG);
  private static final Set<String> INDEXES = Set.of(OCI_INDEX, DOCKER_LIST);
  private static final Set<String> MANIFESTS = Set.of(OCI_MANIFEST, DOCKER_MANIFEST);

  private MediaTypes() {}

  /** Whether it is an index (manifest list) of manifests. */
  public static boolean isIndex(String mediaType) {
    return INDEXES.contains(mediaType);
  }

  /** Whether it is a manifest of one image. */
  public static boolean isManifest(String mediaType) {
    return MANIFESTS.contains(mediaType);
  }

  /** Whether it is a configuration of an image, also of one that is a checkpoint. */
  public static boolean isConfig(String mediaType) {
    return CONFIGS.contains(mediaType);
  }

  /** Whether it is a layer, whatever compression or encryption a suffix names. */
  public static boolean isLayer(String mediaType) {
    int suffix = mediaType.indexOf('+');
    return mediaType.startsWith(OCI_LAYERS)
        || LAYERS.contains(suffix < 0 ? mediaType : mediaType.substring(0, suffix));
  }

  /** Whether it is a layer that only its maker may hand out. */
  public static boolean isNonDistributable(String mediaType) {
    return mediaType.startsWith(OCI_NON_DISTRIBUTABLE) || mediaType.startsWith(DOCKER_FOREIGN);
  }

  /** Whether it is one of Docker's own. */
  public static boolean isDocker(String mediaType) {
    return mediaType.startsWith("application/vnd.docker.");
  }
}
