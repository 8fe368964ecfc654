// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A literal in quotes with the escapes of Go's strings: {@code \a \b \f \n \r \t \v \\}, the quote
 * itself, three octal digits, and {@code \x} with 2, {@code \}{@code u} with 4, {@code \U} with 8
 * hexadecimal digits. Octal and {@code \x} give a byte, so the text is put together as UTF-8.
 *
 * @param end index after the closing quote
 */
record Quoted(String value, int end) {

  static Quoted read(String text, int start) throws QuotedException {
    return new Reader(text, start).read();
  }

  private static final class Reader {
    private final String text;
    private final char quote;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int at;

    Reader(String text, int start) {
      this.text = text;
      this.quote = text.charAt(start);
      this.at = start + 1;
    }

    Quoted read() throws QuotedException {
      while (true) {
        if (at >= text.length() || text.charAt(at) == '\n') {
          throw new QuotedException("quoted literal not terminated");
        }
        int rune = text.codePointAt(at);
        at += Character.charCount(rune);
        if (rune == quote) {
          return new Quoted(bytes.toString(StandardCharsets.UTF_8), at);
        }
        if (rune == '\\') {
          escape();
        } else {
          append(rune);
        }
      }
    }

    private void escape() throws QuotedException {
      if (at >= text.length()) {
        throw new QuotedException("quoted literal not terminated");
      }
      char kind = text.charAt(at++);
      switch (kind) {
        case 'a' -> bytes.write(7);
        case 'b' -> bytes.write('\b');
        case 'f' -> bytes.write('\f');
        case 'n' -> bytes.write('\n');
        case 'r' -> bytes.write('\r');
        case 't' -> bytes.write('\t');
        case 'v' -> bytes.write(11);
        case '\\' -> bytes.write('\\');
        case 'x' -> bytes.write(digits(16, 2));
        case 'u' -> append(digits(16, 4));
        case 'U' -> append(digits(16, 8));
        case '0', '1', '2', '3', '4', '5', '6', '7' -> octal();
        default -> {
          if (kind != quote) {
            throw new QuotedException("illegal escape sequence");
          }
          bytes.write(quote);
        }
      }
    }

    private void octal() throws QuotedException {
      at--;
      int value = digits(8, 3);
      if (value > 0xff) {
        throw new QuotedException("unquoting failed: quote syntax error");
      }
      bytes.write(value);
    }

    private int digits(int base, int count) throws QuotedException {
      long value = 0;
      for (int i = 0; i < count; i++) {
        int digit = at < text.length() ? Character.digit(text.charAt(at), base) : -1;
        if (digit < 0) {
          throw new QuotedException("illegal numeric escape sequence");
        }
        value = value * base + digit;
        at++;
      }
      return (int) Math.min(value, Integer.MAX_VALUE);
    }

    private void append(int rune) throws QuotedException {
      if (!Character.isValidCodePoint(rune)) {
        throw new QuotedException("unquoting failed: quote syntax error");
      }
      bytes.writeBytes(Character.toString(rune).getBytes(StandardCharsets.UTF_8));
    }
  }
}
