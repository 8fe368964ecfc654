// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import gantry.typed.TypedValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The wire form of {@code google.protobuf.Any}, two fields of bytes: programs that are given a
 * payload read it so.
 */
final class AnyMessage {
  private static final int TYPE_URL = (1 << 3) | 2;
  private static final int VALUE = (2 << 3) | 2;

  private AnyMessage() {}

  static byte[] encode(TypedValue value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    field(out, TYPE_URL, value.typeUrl().getBytes(StandardCharsets.UTF_8));
    field(out, VALUE, value.value());
    return out.toByteArray();
  }

  private static void field(ByteArrayOutputStream out, int tag, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    out.write(tag);
    int length = bytes.length;
    while (length > 0x7f) {
      out.write((length & 0x7f) | 0x80);
      length >>>= 7;
    }
    out.write(length);
    out.writeBytes(bytes);
  }
}
