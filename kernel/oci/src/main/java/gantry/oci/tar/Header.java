// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.FileNames;
import gantry.oci.compression.MalformedStreamException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * One header block of 512 bytes: ustar (POSIX.1-1988), its PAX and GNU variants, star and the
 * original form of the seventh edition.
 */
final class Header {
  static final int SIZE = 512;

  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_END = 156;
  private static final int MAGIC = 257;

  enum Format {
    SEVENTH_EDITION,
    USTAR,
    STAR,
    GNU
  }

  private final byte[] block;
  private final long offset;

  private Header(byte[] block, long offset) {
    this.block = block;
    this.offset = offset;
  }

  /**
   * Takes a block whose sum is right.
   *
   * @param offset where in the archive the block is, for messages
   */
  static Header of(byte[] block, long offset) throws MalformedStreamException {
    Header header = new Header(block, offset);
    header.checkSum();
    return header;
  }

  /** Takes a block that continues a header and has no sum. */
  static Header unchecked(byte[] block, long offset) {
    return new Header(block, offset);
  }

  Format format() {
    if (matches(MAGIC, "ustar\0")) {
      return matches(508, "tar\0") ? Format.STAR : Format.USTAR;
    }
    return matches(MAGIC, "ustar  \0") ? Format.GNU : Format.SEVENTH_EDITION;
  }

  char flag() {
    return (char) (block[156] & 0xff);
  }

  String name() {
    String name = text(0, 100);
    int prefixSize =
        switch (format()) {
          case USTAR -> 155;
          case STAR -> 131;
          case GNU, SEVENTH_EDITION -> 0;
        };
    String prefix = prefixSize == 0 ? "" : text(345, prefixSize);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  long mode() throws MalformedStreamException {
    return number(100, 8, "mode");
  }

  long uid() throws MalformedStreamException {
    return number(108, 8, "uid");
  }

  long gid() throws MalformedStreamException {
    return number(116, 8, "gid");
  }

  long size() throws MalformedStreamException {
    return number(124, 12, "size");
  }

  long modified() throws MalformedStreamException {
    return number(136, 12, "mtime");
  }

  String linkName() {
    return text(157, 100);
  }

  long nodeMajor() throws MalformedStreamException {
    return format() == Format.SEVENTH_EDITION ? 0 : number(329, 8, "devmajor");
  }

  long nodeMinor() throws MalformedStreamException {
    return format() == Format.SEVENTH_EDITION ? 0 : number(337, 8, "devminor");
  }

  /**
   * A number: octal digits, or where the first bit is set two's complement in base 256 (GNU, star).
   */
  long number(int from, int length, String field) throws MalformedStreamException {
    return (block[from] & 0x80) != 0 ? binary(from, length, field) : octal(from, length, field);
  }

  /** Reads pairs of offset and length of a sparse file, up to the first that is not used. */
  void sparsePairs(int from, int count, List<Long> into) throws MalformedStreamException {
    for (int at = from; at < from + 24 * count && isSet(at); at += 24) {
      into.add(number(at, 12, "offset"));
      into.add(number(at + 12, 12, "length"));
    }
  }

  /** Whether a byte is not zero. */
  boolean isSet(int at) {
    return block[at] != 0;
  }

  MalformedStreamException malformed(String reason) {
    return new MalformedStreamException(
        "read tar: invalid header at byte %d: %s".formatted(offset, reason));
  }

  private long binary(int from, int length, String field) throws MalformedStreamException {
    boolean negative = (block[from] & 0x40) != 0;
    long value = negative ? -1 : 0;
    for (int i = 0; i < length; i++) {
      int b = block[from + i] & 0xff;
      if (i == 0 && !negative) {
        b &= 0x7f;
      }
      long shifted = value << 8;
      if (shifted >> 8 != value) {
        throw malformed(field + " is too large");
      }
      value = shifted | b;
    }
    return value;
  }

  private long octal(int from, int length, String field) throws MalformedStreamException {
    int at = from;
    int end = from + length;
    while (at < end && isPadding(block[at])) {
      at++;
    }
    while (end > at && isPadding(block[end - 1])) {
      end--;
    }
    long value = 0;
    for (; at < end && !isPadding(block[at]); at++) {
      int digit = block[at] - '0';
      if (digit < 0 || digit > 7) {
        throw malformed(field + " is not a number");
      }
      value = value << 3 | digit;
    }
    return value;
  }

  private static boolean isPadding(byte b) {
    return b == 0 || b == ' ';
  }

  private String text(int from, int length) {
    int end = from;
    while (end < from + length && block[end] != 0) {
      end++;
    }
    return FileNames.decode(block, from, end - from);
  }

  private boolean matches(int from, String magic) {
    byte[] expected = magic.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < expected.length; i++) {
      if (block[from + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /** Some old programs summed signed bytes; both are taken. */
  private void checkSum() throws MalformedStreamException {
    long unsigned = 0;
    long signed = 0;
    for (int i = 0; i < SIZE; i++) {
      byte b = i >= CHECKSUM && i < CHECKSUM_END ? (byte) ' ' : block[i];
      unsigned += b & 0xff;
      signed += b;
    }
    long expected = number(CHECKSUM, CHECKSUM_END - CHECKSUM, "checksum");
    if (expected != unsigned && expected != signed) {
      throw malformed("checksum does not match");
    }
  }
}
