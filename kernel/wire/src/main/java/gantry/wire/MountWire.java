// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.mounts.Mount;
import java.util.List;

/** Mounts. */
public final class MountWire {
  private MountWire() {}

  /** Encodes a mount. */
  public static containerd.types.Mount encode(Mount mount) {
    return containerd.types.Mount.newBuilder()
        .setType(mount.type())
        .setSource(mount.source())
        .setTarget(mount.target())
        .addAllOptions(mount.options())
        .build();
  }

  /** Decodes a mount. */
  public static Mount decode(containerd.types.Mount mount) {
    return new Mount(mount.getType(), mount.getSource(), mount.getTarget(), mount.getOptionsList());
  }

  /** Encodes mounts in order. */
  public static List<containerd.types.Mount> encodeAll(List<Mount> mounts) {
    return mounts.stream().map(MountWire::encode).toList();
  }

  /** Decodes mounts in order. */
  public static List<Mount> decodeAll(List<containerd.types.Mount> mounts) {
    return mounts.stream().map(MountWire::decode).toList();
  }
}
