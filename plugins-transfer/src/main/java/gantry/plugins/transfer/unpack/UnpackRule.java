// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.unpack;

import gantry.oci.Platform;
import gantry.oci.image.ImagePlatform;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.image.Platforms;
import java.util.List;

/**
 * What is unpacked where.
 *
 * @param platform of the images
 * @param isStrict whether architecture and variant count, or the operating system only
 * @param snapshotter that takes them
 * @param differ that unpacks them; empty for any
 */
public record UnpackRule(Platform platform, boolean isStrict, String snapshotter, String differ) {
  /** Whether it is for such images. */
  public boolean matches(ImagePlatform image) {
    if (isStrict) {
      return PlatformMatcher.of(List.of(platform)).matches(image);
    }
    return Platforms.normalized(platform).os().equals(Platforms.normalized(image.platform()).os());
  }
}
