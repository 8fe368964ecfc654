// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import gantry.labels.Labels;
import gantry.oci.Platform;
import java.util.List;

/**
 * An image in the store, or one that is to be made there.
 *
 * @param name name of the image, empty if all its names are in {@code extraReferences}
 * @param labels of the image that is made
 * @param platforms which of the platforms to take; none means all
 * @param allMetadata take manifests and configs of all platforms, whatever {@code platforms} says
 * @param manifestLimit how many manifests of the wanted platforms to take, the best first; 0 for
 *     all
 * @param extraReferences further names
 * @param unpacks where to unpack what was taken
 */
public record StoredImage(
    String name,
    Labels labels,
    List<Platform> platforms,
    boolean allMetadata,
    int manifestLimit,
    List<ExtraReference> extraReferences,
    List<UnpackTarget> unpacks)
    implements TransferEnd {

  /** Copies the lists. */
  public StoredImage {
    platforms = List.copyOf(platforms);
    extraReferences = List.copyOf(extraReferences);
    unpacks = List.copyOf(unpacks);
  }

  /** An image by name only. */
  public static StoredImage named(String name) {
    return new StoredImage(name, Labels.none(), List.of(), false, 0, List.of(), List.of());
  }

  /**
   * A further name for what arrives.
   *
   * @param name the name, or what every name begins with
   * @param isPrefix whether {@code name} is put before the names an archive gives its images
   * @param allowOverwrite whether a name in use moves to the new image
   * @param addDigest add a name {@code name@digest} too
   * @param skipNamedDigest no name by digest for images that have one by tag
   */
  public record ExtraReference(
      String name,
      boolean isPrefix,
      boolean allowOverwrite,
      boolean addDigest,
      boolean skipNamedDigest) {}

  /**
   * Where to unpack.
   *
   * @param snapshotter name of the snapshotter; empty for the default
   */
  public record UnpackTarget(Platform platform, String snapshotter) {}
}
