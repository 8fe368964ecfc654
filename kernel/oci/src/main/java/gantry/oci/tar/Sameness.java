// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import gantry.linux.files.FileStat;
import gantry.linux.files.OpenFile;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/** Whether a file is unchanged between two trees. */
final class Sameness {
  static final String CAPABILITY = "security.capability";

  private static final int BLOCK = 64 * 1024;

  private Sameness() {}

  /**
   * Compares type, mode, owner, device, capabilities, and unless it is a directory size and time.
   * Content is read only where both times are whole seconds: a copy may have cut them.
   */
  static boolean is(Directory lower, FileStat old, Directory upper, FileStat now, String name)
      throws IOException {
    if (old.isSameFile(now)) {
      return true;
    }
    boolean stat =
        old.mode() == now.mode()
            && old.uid() == now.uid()
            && old.gid() == now.gid()
            && old.nodeMajor() == now.nodeMajor()
            && old.nodeMinor() == now.nodeMinor();
    if (!stat || !Arrays.equals(capability(lower, name), capability(upper, name))) {
      return false;
    }
    if (now.isDirectory()) {
      return true;
    }
    return old.size() == now.size()
        && old.modified().equals(now.modified())
        && (!isWhole(now.modified()) || isSameContent(lower, upper, now, name));
  }

  /** The file capabilities, or nothing. */
  static byte[] capability(Directory directory, String name) throws IOException {
    return directory.xattrs(name).find(CAPABILITY).orElse(new byte[0]);
  }

  private static boolean isWhole(Instant time) {
    return time.equals(time.truncatedTo(ChronoUnit.SECONDS));
  }

  private static boolean isSameContent(Directory lower, Directory upper, FileStat now, String name)
      throws IOException {
    if (now.isSymlink()) {
      return lower.readLink(name).equals(upper.readLink(name));
    }
    if (!now.isRegular() || now.size() == 0) {
      return true;
    }
    try (OpenFile a = lower.read(name);
        OpenFile b = upper.read(name)) {
      byte[] left = new byte[BLOCK];
      byte[] right = new byte[BLOCK];
      while (true) {
        int n = fill(a, left);
        int m = fill(b, right);
        if (!Arrays.equals(left, 0, n, right, 0, m)) {
          return false;
        }
        if (n < BLOCK) {
          return true;
        }
      }
    }
  }

  private static int fill(OpenFile file, byte[] block) throws IOException {
    int filled = 0;
    while (filled < block.length) {
      int n = file.read(block, filled, block.length - filled);
      if (n < 0) {
        break;
      }
      filled += n;
    }
    return filled;
  }
}
