// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import gantry.typed.TypedValue;
import java.util.Map;
import java.util.TreeMap;

/**
 * Values of any type. The type's name is bare, without a prefix such as {@code
 * type.googleapis.com/}; what others send is carried through byte for byte, prefix included.
 */
public final class AnyWire {
  private AnyWire() {}

  /** Encodes a value. */
  public static Any encode(TypedValue value) {
    return Any.newBuilder()
        .setTypeUrl(value.typeUrl())
        .setValue(ByteString.copyFrom(value.value()))
        .build();
  }

  /** Decodes a value. */
  public static TypedValue decode(Any any) {
    return new TypedValue(any.getTypeUrl(), any.getValue().toByteArray());
  }

  /** Encodes values by name. */
  public static Map<String, Any> encode(Map<String, TypedValue> values) {
    Map<String, Any> encoded = new TreeMap<>();
    values.forEach((name, value) -> encoded.put(name, encode(value)));
    return encoded;
  }

  /** Decodes values by name. */
  public static Map<String, TypedValue> decode(Map<String, Any> values) {
    Map<String, TypedValue> decoded = new TreeMap<>();
    values.forEach((name, value) -> decoded.put(name, decode(value)));
    return decoded;
  }

  /** Wraps a message under its full name. */
  public static Any pack(Message message) {
    return Any.newBuilder()
        .setTypeUrl(message.getDescriptorForType().getFullName())
        .setValue(message.toByteString())
        .build();
  }

  /** Wraps a message under its full name, for the contracts. */
  public static TypedValue typed(Message message) {
    return new TypedValue(message.getDescriptorForType().getFullName(), message.toByteArray());
  }

  /** The full name of the message type a type URL stands for: the text after its last slash. */
  public static String typeName(String typeUrl) {
    return typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
  }
}
