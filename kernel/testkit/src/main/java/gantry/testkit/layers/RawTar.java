// SPDX-License-Identifier: Apache-2.0
package gantry.testkit.layers;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/** An archive put together byte by byte, so that it can be as wrong as one likes. */
public final class RawTar {
  private static final int BLOCK = 512;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** One header; sums itself. */
  public static final class Header {
    private final byte[] block = new byte[BLOCK];

    Header(String name, char type) {
      text(0, 100, name).text(100, 8, "0000755").text(108, 8, "0000000").text(116, 8, "0000000");
      text(136, 12, "07000000000").text(257, 8, "ustar\00000");
      block[156] = (byte) type;
    }

    /** Puts a text, cut to the field. */
    public Header text(int at, int size, String text) {
      byte[] all = text.getBytes(StandardCharsets.UTF_8);
      System.arraycopy(all, 0, block, at, Math.min(size, all.length));
      return this;
    }

    /** Puts the size in octal. */
    public Header size(long size) {
      return text(124, 12, "%011o".formatted(size));
    }

    /** Puts the name a link points to. */
    public Header link(String target) {
      return text(157, 100, target);
    }

    /** Puts a number in base 256, sign and all. */
    public Header binary(int at, int size, long value) {
      for (int i = 0; i < size; i++) {
        int shift = 8 * (size - 1 - i);
        block[at + i] = (byte) (shift > 56 ? value >> 63 : value >> shift);
      }
      block[at] |= (byte) 0x80;
      return this;
    }

    /** Makes it one of GNU tar's. */
    public Header gnu() {
      return text(257, 8, "ustar  \0");
    }

    private byte[] summed() {
      Arrays.fill(block, 148, 156, (byte) ' ');
      int sum = 0;
      for (byte b : block) {
        sum += b & 0xff;
      }
      text(148, 8, "%06o\0 ".formatted(sum));
      return block;
    }
  }

  /** Adds an entry with content, filled up to a block. */
  public RawTar file(String name, String content) {
    return data(new Header(name, '0').size(content.length()), content);
  }

  /** Adds a directory. */
  public RawTar directory(String name) {
    return header(name, '5', header -> {});
  }

  /** Adds a symbolic link. */
  public RawTar symlink(String name, String target) {
    return header(name, '2', header -> header.link(target));
  }

  /** Adds a hard link. */
  public RawTar hardLink(String name, String target) {
    return header(name, '1', header -> header.link(target));
  }

  /** Adds a header alone. */
  public RawTar header(String name, char type, Consumer<Header> change) {
    Header header = new Header(name, type);
    change.accept(header);
    bytes.writeBytes(header.summed());
    return this;
  }

  /** Adds PAX records for the next entry, each {@code key=value}. */
  public RawTar pax(String... records) {
    StringBuilder all = new StringBuilder();
    for (String record : records) {
      int length = record.length() + 2;
      while (Integer.toString(length).length() + record.length() + 2 != length) {
        length = Integer.toString(length).length() + record.length() + 2;
      }
      all.append(length).append(' ').append(record).append('\n');
    }
    return paxText(all.toString());
  }

  /** Adds the text of PAX records as it is. */
  public RawTar paxText(String text) {
    return data(new Header("pax", 'x').size(text.length()), text);
  }

  /** Adds a long name of GNU tar for the next entry, or with {@code 'K'} a long link. */
  public RawTar gnuLong(char type, String text) {
    return data(new Header("././@LongLink", type).gnu().size(text.length() + 1L), text + "\0");
  }

  /** Adds bytes as they are. */
  public RawTar raw(byte[] some) {
    bytes.writeBytes(some);
    return this;
  }

  /** Everything so far. */
  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** Everything, and the two empty blocks at the end. */
  public byte[] finished() {
    return Arrays.copyOf(bytes(), bytes.size() + 2 * BLOCK);
  }

  private RawTar data(Header header, String content) {
    bytes.writeBytes(header.summed());
    byte[] data = content.getBytes(StandardCharsets.UTF_8);
    bytes.writeBytes(Arrays.copyOf(data, (data.length + BLOCK - 1) / BLOCK * BLOCK));
    return this;
  }
}
