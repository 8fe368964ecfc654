// SPDX-License-Identifier: Apache-2.0
package gantry.bench;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Writes a tar archive of plain files and directories, format ustar of POSIX.1-1988. */
record TarWriter(OutputStream out) {
  private static final int BLOCK = 512;
  private static final int CHECKSUM = 148;

  /** Adds a directory. */
  void directory(String name) throws IOException {
    out.write(header(name + "/", '5', 0755, 0));
  }

  /** Adds a file. */
  void file(String name, byte[] data, int size) throws IOException {
    out.write(header(name, '0', 0644, size));
    out.write(data, 0, size);
    out.write(new byte[(BLOCK - size % BLOCK) % BLOCK]);
  }

  /** Ends the archive; the stream stays open. */
  void end() throws IOException {
    out.write(new byte[2 * BLOCK]);
  }

  private static byte[] header(String name, char type, int mode, int size) {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 100, octal(7, mode));
    put(header, 108, octal(7, 0));
    put(header, 116, octal(7, 0));
    put(header, 124, octal(11, size));
    put(header, 136, octal(11, 0));
    put(header, CHECKSUM, "        ");
    header[156] = (byte) type;
    put(header, 257, "ustar\u000000");
    int sum = 0;
    for (byte value : header) {
      sum += value & 0xff;
    }
    put(header, CHECKSUM, octal(6, sum) + "\u0000 ");
    return header;
  }

  private static String octal(int digits, int value) {
    return String.format(Locale.ROOT, "%0" + digits + "o", value);
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
