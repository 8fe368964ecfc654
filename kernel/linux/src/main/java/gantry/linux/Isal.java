// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/**
 * Intel's storage acceleration library, mapped directly, where the host has it. Pointers are passed
 * as addresses. Offsets of {@code struct inflate_state} are those of {@code libisal.so.2} on 64-bit
 * Linux.
 */
final class Isal {
  static final int NEXT_OUT = 0;
  static final int AVAILABLE_OUT = 8;
  static final int NEXT_IN = 16;
  static final int AVAILABLE_IN = 32;
  static final int BITS_READ_AHEAD = 36;
  static final int BLOCK_STATE = 21160;

  /** More than the structure has in any version so far. */
  static final int STATE_SIZE = 128 * 1024;

  /** The block state once everything is unpacked and passed on. */
  static final int FINISHED = 5;

  /** Whether the library is there and has all that is called here. */
  static final boolean IS_LOADED = load();

  private Isal() {}

  static native void isal_inflate_init(long state);

  static native int isal_inflate(long state);

  private static boolean load() {
    try {
      Native.register(Isal.class, NativeLibrary.getInstance("libisal.so.2"));
      return true;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
