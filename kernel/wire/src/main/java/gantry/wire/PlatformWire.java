// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.oci.Platform;

/** Platforms. */
public final class PlatformWire {
  private PlatformWire() {}

  /** Encodes a platform. */
  public static containerd.types.Platform encode(Platform platform) {
    return containerd.types.Platform.newBuilder()
        .setOs(platform.os())
        .setArchitecture(platform.architecture())
        .setVariant(platform.variant())
        .build();
  }

  /** Decodes a platform without its version and features. */
  public static Platform decode(containerd.types.Platform platform) {
    return new Platform(platform.getOs(), platform.getArchitecture(), platform.getVariant());
  }

  /** Encodes a platform given as {@code os/arch} or {@code os/arch/variant}. */
  static containerd.types.Platform encode(String text) {
    String[] parts = text.split("/", 3);
    return encode(
        new Platform(parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : ""));
  }
}
