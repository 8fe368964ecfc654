// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.FileNames;
import gantry.oci.compression.MalformedStreamException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records {@code length key=value\n} of a PAX extended header (POSIX.1-2001). Values stay
 * bytes: those of extended attributes are binary. An empty value takes a record back.
 */
final class PaxRecords {
  static final String XATTR = "SCHILY.xattr.";
  static final PaxRecords NONE = new PaxRecords();

  private static final String SPARSE_OFFSET = "GNU.sparse.offset";
  private static final String SPARSE_BYTES = "GNU.sparse.numbytes";

  private final Map<String, byte[]> values = new HashMap<>();

  /** Offsets and lengths of sparse format 0.0, the only records that may repeat. */
  private final List<String> sparse = new ArrayList<>();

  private PaxRecords() {}

  static PaxRecords parse(byte[] data) throws MalformedStreamException {
    PaxRecords records = new PaxRecords();
    int at = 0;
    while (at < data.length && data[at] != 0) {
      at = records.parseOne(data, at);
    }
    return records;
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  @Nullable String text(String key) {
    byte[] value = values.get(key);
    return value == null ? null : FileNames.decode(value);
  }

  @Nullable Long number(String key) throws MalformedStreamException {
    String text = text(key);
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      throw new MalformedStreamException(
          "read tar: %s is not a number: %s".formatted(key, text), e);
    }
  }

  @Nullable Instant time(String key) throws MalformedStreamException {
    String text = text(key);
    if (text == null) {
      return null;
    }
    if (text.length() > 64 || !text.matches("-?[0-9]{1,18}(\\.[0-9]*)?")) {
      throw new MalformedStreamException("read tar: %s is not a time: %s".formatted(key, text));
    }
    BigDecimal seconds = new BigDecimal(text.endsWith(".") ? text + "0" : text);
    BigDecimal whole = seconds.setScale(0, RoundingMode.FLOOR);
    long nanos = seconds.subtract(whole).movePointRight(9).longValue();
    return TarTimes.clamp(whole.longValue(), nanos);
  }

  Map<String, byte[]> xattrs() {
    Map<String, byte[]> xattrs = new HashMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(XATTR)) {
            xattrs.put(key.substring(XATTR.length()), value);
          }
        });
    return xattrs.isEmpty() ? Map.of() : xattrs;
  }

  List<String> sparse() {
    return sparse;
  }

  private int parseOne(byte[] data, int from) throws MalformedStreamException {
    int space = indexOf(data, ' ', from);
    int end = from + length(data, from, space);
    if (end > data.length || end <= space + 2 || data[end - 1] != '\n') {
      throw malformed();
    }
    int equals = indexOf(data, '=', space + 1);
    if (equals >= end || equals == space + 1) {
      throw malformed();
    }
    String key = new String(data, space + 1, equals - space - 1, StandardCharsets.UTF_8);
    byte[] value = new byte[end - 1 - equals - 1];
    System.arraycopy(data, equals + 1, value, 0, value.length);
    put(key, value);
    return end;
  }

  private void put(String key, byte[] value) throws MalformedStreamException {
    boolean name = key.equals("path") || key.equals("linkpath");
    if (key.indexOf(0) >= 0 || (name && FileNames.decode(value).indexOf(0) >= 0)) {
      throw malformed();
    }
    if (key.equals(SPARSE_OFFSET) || key.equals(SPARSE_BYTES)) {
      if (key.equals(SPARSE_OFFSET) != (sparse.size() % 2 == 0)) {
        throw malformed();
      }
      sparse.add(FileNames.decode(value));
    } else if (value.length == 0) {
      values.remove(key);
    } else {
      values.put(key, value);
    }
  }

  private static int length(byte[] data, int from, int space) throws MalformedStreamException {
    int length = 0;
    for (int i = from; i < space; i++) {
      int digit = data[i] - '0';
      if (digit < 0 || digit > 9 || i - from > 7) {
        throw malformed();
      }
      length = length * 10 + digit;
    }
    return length;
  }

  private static int indexOf(byte[] data, char wanted, int from) throws MalformedStreamException {
    for (int i = from; i < data.length; i++) {
      if (data[i] == wanted) {
        return i;
      }
    }
    throw malformed();
  }

  private static MalformedStreamException malformed() {
    return new MalformedStreamException("read tar: invalid extended header");
  }
}
