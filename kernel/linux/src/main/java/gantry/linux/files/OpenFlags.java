// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

/** The two flags of {@code open} whose value depends on the architecture. */
final class OpenFlags {
  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  /** Fail unless it is a directory. */
  static final int DIRECTORY = ARM ? 040000 : 0200000;

  /** Do not follow a symbolic link at the end. */
  static final int NOFOLLOW = ARM ? 0100000 : 0400000;

  private OpenFlags() {}
}
