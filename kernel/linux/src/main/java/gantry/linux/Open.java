// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

/** How to open a file, {@code open(2)}; every descriptor is close-on-exec. */
public enum Open {
  READ(0),
  WRITE(1),
  READ_WRITE(2),
  CREATE(0x40),
  EXCLUSIVE(0x80),
  NO_TERMINAL(0x100),
  TRUNCATE(0x200),
  APPEND(0x400),
  NONBLOCK(0x800),
  PATH(0x200000);

  private static final int CLOEXEC = 0x80000;

  private final int flag;

  Open(int flag) {
    this.flag = flag;
  }

  static int flags(Open... options) {
    int flags = CLOEXEC;
    for (Open option : options) {
      flags |= option.flag;
    }
    return flags;
  }
}
