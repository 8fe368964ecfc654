// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A line of {@code names.log}: the CRC-32C of the rest in eight hexadecimal digits, a word for what
 * kind of line it is, and fields, all separated by tabs; {@code \}, tab and newline in a field are
 * written {@code \\}, {@code \t} and {@code \n}.
 */
record NameLine(String kind, List<String> fields) {
  private static final int SUM = 8;

  NameLine {
    fields = List.copyOf(fields);
  }

  static NameLine of(String kind, Object... fields) {
    List<String> texts = new ArrayList<>();
    for (Object field : fields) {
      texts.add(field.toString());
    }
    return new NameLine(kind, texts);
  }

  String field(int index) {
    return fields.get(index);
  }

  long number(int index) {
    return Long.parseLong(field(index));
  }

  /** With its newline. */
  String written() {
    StringBuilder rest = new StringBuilder(kind);
    for (String field : fields) {
      rest.append('\t');
      escape(field, rest);
    }
    return sum(rest.toString()) + "\t" + rest + "\n";
  }

  /** Empty for a line that is torn or damaged. */
  static Optional<NameLine> parse(String line) {
    if (line.length() <= SUM || line.charAt(SUM) != '\t') {
      return Optional.empty();
    }
    String rest = line.substring(SUM + 1);
    if (!line.startsWith(sum(rest))) {
      return Optional.empty();
    }
    String[] parts = rest.split("\t", -1);
    List<String> fields = new ArrayList<>();
    for (int i = 1; i < parts.length; i++) {
      fields.add(unescape(parts[i]));
    }
    return Optional.of(new NameLine(parts[0], fields));
  }

  private static String sum(String text) {
    CRC32C crc = new CRC32C();
    crc.update(text.getBytes(UTF_8));
    return "%08x".formatted(crc.getValue());
  }

  private static void escape(String field, StringBuilder out) {
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      switch (c) {
        case '\\' -> out.append("\\\\");
        case '\t' -> out.append("\\t");
        case '\n' -> out.append("\\n");
        default -> out.append(c);
      }
    }
  }

  private static String unescape(String field) {
    StringBuilder out = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 1 < field.length()) {
        char next = field.charAt(++i);
        out.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
