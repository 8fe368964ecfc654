// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.file.Path;

/** What kind of filesystem a path is on, {@code statfs(2)}. */
public final class Filesystems {
  /** Btrfs. */
  public static final long BTRFS = 0x9123683EL;

  /** Control groups, version 2. */
  public static final long CGROUP2 = 0x63677270L;

  /** Ext 2, 3 and 4. */
  public static final long EXT = 0xEF53L;

  /** Overlay. */
  public static final long OVERLAY = 0x794C7630L;

  /** Tmpfs. */
  public static final long TMPFS = 0x01021994L;

  /** XFS. */
  public static final long XFS = 0x58465342L;

  /** ZFS. */
  public static final long ZFS = 0x2FC12FC1L;

  private static final int STATFS_SIZE = 120;

  private Filesystems() {}

  /** The number by which the kernel knows the filesystem. */
  public static long magic(Path path) throws IOException {
    Memory result = LibC.memory(STATFS_SIZE);
    LibC.check(LibC.statfs(LibC.string(path.toString()), result), "read filesystem of " + path);
    return result.getLong(0) & 0xffffffffL;
  }
}
