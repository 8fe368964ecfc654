// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.InvalidArgumentException;
import gantry.typed.TypedValue;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The one field of runtime options that concerns this plugin, and a payload with its type, in the
 * encoding of protocol buffers. All else of options is the runtime's business.
 */
final class ProtoFields {
  private static final int VARINT = 0;
  private static final int FIXED_64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED_32 = 5;

  private ProtoFields() {}

  /**
   * A field of text; the last one of that number counts.
   *
   * @return empty if the message does not have it
   * @throws InvalidArgumentException if the message is damaged
   */
  static String text(TypedValue message, int number) {
    ByteBuffer in = ByteBuffer.wrap(message.value());
    String found = "";
    while (in.hasRemaining()) {
      long tag = varint(in, message);
      if ((tag & 7) == BYTES) {
        byte[] bytes = new byte[length(varint(in, message), in, message)];
        in.get(bytes);
        found = tag >>> 3 == number ? new String(bytes, StandardCharsets.UTF_8) : found;
      } else {
        skip((int) (tag & 7), in, message);
      }
    }
    return found;
  }

  /** {@code google.protobuf.Any}. */
  static byte[] any(TypedValue value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    bytes(out, 1, value.typeUrl().getBytes(StandardCharsets.UTF_8));
    bytes(out, 2, value.value());
    return out.toByteArray();
  }

  private static void bytes(ByteArrayOutputStream out, int number, byte[] bytes) {
    if (bytes.length == 0) {
      return;
    }
    out.write((number << 3) | BYTES);
    int left = bytes.length;
    while (left > 0x7f) {
      out.write((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    out.write(left);
    out.writeBytes(bytes);
  }

  private static void skip(int type, ByteBuffer in, TypedValue message) {
    switch (type) {
      case VARINT -> varint(in, message);
      case FIXED_64 -> in.position(in.position() + length(8, in, message));
      case FIXED_32 -> in.position(in.position() + length(4, in, message));
      default -> throw damaged(message);
    }
  }

  private static int length(long wanted, ByteBuffer in, TypedValue message) {
    if (wanted < 0 || wanted > in.remaining()) {
      throw damaged(message);
    }
    return (int) wanted;
  }

  private static long varint(ByteBuffer in, TypedValue message) {
    long value = 0;
    for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged(message);
  }

  private static InvalidArgumentException damaged(TypedValue message) {
    return new InvalidArgumentException("read options %s: malformed".formatted(message.typeUrl()));
  }
}
