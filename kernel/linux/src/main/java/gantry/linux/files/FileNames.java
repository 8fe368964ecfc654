// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names as strings, without loss. Linux names are bytes, mostly UTF-8 but not always; bytes
 * that are not valid UTF-8 become the lone surrogates U+DC80 to U+DCFF and turn into the same bytes
 * again (the scheme of PEP 383). The platform's locale plays no part.
 */
public final class FileNames {
  private static final char ESCAPE = '\uDC00';

  private FileNames() {}

  /** Decodes {@code length} bytes from {@code offset}. */
  public static String decode(byte[] bytes, int offset, int length) {
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (bytes[i] < 0) {
        return decodeUtf8(ByteBuffer.wrap(bytes, offset, length));
      }
    }
    return new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
  }

  /** Decodes all bytes. */
  public static String decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** Encodes a name; the inverse of {@link #decode(byte[])}. */
  public static byte[] encode(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (Character.isSurrogate(name.charAt(i))) {
        return encodeEscaped(name);
      }
    }
    return name.getBytes(StandardCharsets.UTF_8);
  }

  private static String decodeUtf8(ByteBuffer in) {
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    CharBuffer out = CharBuffer.allocate(in.remaining());
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      if (!result.isError()) {
        return out.flip().toString();
      }
      for (int i = result.length(); i > 0; i--) {
        out.put((char) (ESCAPE + (in.get() & 0xff)));
      }
    }
  }

  private static byte[] encodeEscaped(String name) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 16);
    int from = 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= ESCAPE + 0x80 && c <= ESCAPE + 0xff && !isPaired(name, i)) {
        out.writeBytes(name.substring(from, i).getBytes(StandardCharsets.UTF_8));
        out.write(c - ESCAPE);
        from = i + 1;
      }
    }
    out.writeBytes(name.substring(from).getBytes(StandardCharsets.UTF_8));
    return out.toByteArray();
  }

  private static boolean isPaired(String name, int low) {
    return low > 0 && Character.isHighSurrogate(name.charAt(low - 1));
  }
}
