// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.FileNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes an archive: ustar headers, with a PAX header before each that needs one (a name that is
 * not ASCII or too long for both fields, a large number, attributes). Times are whole seconds,
 * users and groups have no names, so the same entries always give the same bytes; they are the
 * bytes that containerd writes. Not for concurrent use.
 */
public final class TarWriter implements AutoCloseable {
  private static final int OCTAL_7 = 1 << 21;
  private static final long OCTAL_11 = 1L << 33;
  private static final int NAME_MAX = 100;
  private static final int PREFIX_MAX = 155;
  private static final Set<String> PATH_ONLY = Set.of("path");

  private final OutputStream out;
  private long left;
  private int padding;

  /** Writes to a stream, in pieces that may be small. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes the header of an entry; then exactly {@code entry.size()} bytes of content follow. */
  public void entry(TarEntry entry) throws IOException {
    SortedMap<String, byte[]> pax = pax(entry);
    HeaderBlock header = header(entry);
    String name = entry.name();
    int slash = pax.keySet().equals(PATH_ONLY) ? split(FileNames.encode(name)) : -1;
    if (slash >= 0) {
      header.name(ascii(name.substring(slash + 1))).prefix(ascii(name.substring(0, slash)));
    } else {
      header.name(ascii(name));
      if (!pax.isEmpty()) {
        writePax(name, pax);
      }
    }
    write(header, entry.type() == EntryType.REGULAR ? entry.size() : 0);
  }

  /** Writes content of the entry begun last. */
  public void content(byte[] bytes, int offset, int length) throws IOException {
    if (length > left) {
      throw new IOException("write tar: content is longer than its header says");
    }
    out.write(bytes, offset, length);
    left -= length;
    if (left == 0) {
      out.write(new byte[padding]);
      padding = 0;
    }
  }

  /** Writes the mark at the end; the stream below stays open. */
  public void finish() throws IOException {
    requireComplete();
    out.write(new byte[2 * Header.SIZE]);
    out.flush();
  }

  /** Closes the stream below, without a mark unless {@link #finish} wrote it. */
  @Override
  public void close() throws IOException {
    out.close();
  }

  private void requireComplete() throws IOException {
    if (left > 0) {
      throw new IOException("write tar: content is %d bytes short".formatted(left));
    }
  }

  private void write(HeaderBlock header, long size) throws IOException {
    requireComplete();
    out.write(header.bytes());
    left = size;
    padding = (int) (-size & (Header.SIZE - 1));
  }

  private static HeaderBlock header(TarEntry entry) {
    boolean content = entry.type() == EntryType.REGULAR;
    return new HeaderBlock(entry.type().flag())
        .octal(100, 8, entry.permissions())
        .octal(108, 8, entry.uid())
        .octal(116, 8, entry.gid())
        .octal(124, 12, content ? entry.size() : 0)
        .octal(136, 12, entry.modified().getEpochSecond())
        .text(157, 100, ascii(entry.linkName()))
        .octal(329, 8, entry.nodeMajor())
        .octal(337, 8, entry.nodeMinor());
  }

  private void writePax(String name, SortedMap<String, byte[]> records) throws IOException {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    for (Map.Entry<String, byte[]> record : records.entrySet()) {
      data.writeBytes(record(FileNames.encode(record.getKey()), record.getValue()));
    }
    byte[] paxName = ascii(paxName(name));
    int length = Math.min(paxName.length, NAME_MAX);
    while (length > 0 && paxName[length - 1] == '/') {
      length--;
    }
    HeaderBlock header =
        new HeaderBlock('x')
            .octal(100, 8, 0)
            .octal(108, 8, 0)
            .octal(116, 8, 0)
            .octal(124, 12, data.size())
            .octal(136, 12, 0)
            .name(Arrays.copyOf(paxName, length));
    write(header, data.size());
    content(data.toByteArray(), 0, data.size());
  }

  private static String paxName(String name) {
    int slash = name.lastIndexOf('/');
    String directory = slash < 0 ? "" : name.substring(0, slash + 1);
    return directory + "PaxHeaders.0/" + name.substring(slash + 1);
  }

  private static SortedMap<String, byte[]> pax(TarEntry entry) {
    SortedMap<String, byte[]> records = new TreeMap<>();
    text(records, "path", entry.name());
    text(records, "linkpath", entry.linkName());
    number(records, "uid", entry.uid(), OCTAL_7);
    number(records, "gid", entry.gid(), OCTAL_7);
    number(records, "size", entry.size(), OCTAL_11);
    number(records, "mtime", entry.modified().getEpochSecond(), OCTAL_11);
    entry.xattrs().forEach((key, value) -> records.put(PaxRecords.XATTR + key, value));
    return records;
  }

  private static void text(SortedMap<String, byte[]> records, String key, String text) {
    byte[] bytes = FileNames.encode(text);
    if (bytes.length > NAME_MAX || !isAscii(bytes)) {
      records.put(key, bytes);
    }
  }

  private static void number(
      SortedMap<String, byte[]> records, String key, long number, long limit) {
    if (number < 0 || number >= limit) {
      records.put(key, FileNames.encode(Long.toString(number)));
    }
  }

  /** A record counts its own length, so adding a digit may need another one. */
  private static byte[] record(byte[] key, byte[] value) {
    int rest = key.length + value.length + 3;
    int length = rest + Integer.toString(rest).length();
    length = rest + Integer.toString(length).length();
    ByteArrayOutputStream record = new ByteArrayOutputStream(length);
    record.writeBytes(FileNames.encode(length + " "));
    record.writeBytes(key);
    record.write('=');
    record.writeBytes(value);
    record.write('\n');
    return record.toByteArray();
  }

  /**
   * Where ustar splits a long name, or -1: at a slash with at most 155 bytes before and 100 after
   * it.
   */
  private static int split(byte[] name) {
    if (!isAscii(name)) {
      return -1;
    }
    int length = Math.min(name.length, PREFIX_MAX + 1);
    if (name[length - 1] == '/' && length == name.length) {
      length--;
    }
    int slash = length - 1;
    while (slash > 0 && name[slash] != '/') {
      slash--;
    }
    int after = name.length - slash - 1;
    return slash <= 0 || after == 0 || after > NAME_MAX ? -1 : slash;
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return false;
      }
    }
    return true;
  }

  /** The ASCII bytes of a text; the others are left out, a PAX record has them all. */
  private static byte[] ascii(String text) {
    byte[] bytes = FileNames.encode(text);
    int length = 0;
    for (byte b : bytes) {
      if (b >= 0) {
        bytes[length++] = b;
      }
    }
    return Arrays.copyOf(bytes, length);
  }
}
