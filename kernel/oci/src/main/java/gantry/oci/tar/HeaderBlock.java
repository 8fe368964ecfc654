// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import java.nio.charset.StandardCharsets;

/** A header block in the making, POSIX ustar. */
final class HeaderBlock {
  private static final int CHECKSUM = 148;

  private final byte[] block = new byte[Header.SIZE];

  HeaderBlock(char flag) {
    block[156] = (byte) flag;
    put(257, "ustar\00000");
  }

  HeaderBlock name(byte[] name) {
    return text(0, 100, name);
  }

  HeaderBlock prefix(byte[] prefix) {
    return text(345, 155, prefix);
  }

  /**
   * Puts a text, cut to the field. A name that is cut must not end in a slash: old readers would
   * take a file for a directory.
   */
  HeaderBlock text(int at, int size, byte[] text) {
    int length = Math.min(size, text.length);
    System.arraycopy(text, 0, block, at, length);
    if (text.length > size && block[at + size - 1] == '/') {
      int end = size - 1;
      while (end > 0 && block[at + end - 1] == '/') {
        end--;
      }
      block[at + end] = 0;
    }
    return this;
  }

  /** Puts octal digits and a NUL; 0 where the number does not fit. */
  HeaderBlock octal(int at, int size, long number) {
    String digits = Long.toOctalString(number);
    String shown = number < 0 || digits.length() > size - 1 ? "0" : digits;
    put(at, "0".repeat(size - 1 - shown.length()) + shown);
    return this;
  }

  /** The block with its sum. */
  byte[] bytes() {
    put(CHECKSUM, "        ");
    int sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    octal(CHECKSUM, 7, sum);
    block[CHECKSUM + 6] = 0;
    return block;
  }

  private void put(int at, String ascii) {
    byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, block, at, bytes.length);
  }
}
