// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;

/**
 * One message on the wire.
 *
 * @param length of the payload as announced; more than the payload's if that was too long and
 *     skipped
 */
record Frame(int stream, byte type, byte flags, int length, ByteString payload) {
  static final byte REQUEST = 1;
  static final byte RESPONSE = 2;

  static final int HEADER = 10;

  /** The longest payload, in bytes. */
  static final int LIMIT = 4 << 20;

  static Frame of(int stream, byte type, ByteString payload) {
    return new Frame(stream, type, (byte) 0, payload.size(), payload);
  }

  boolean oversized() {
    return Integer.compareUnsigned(length, LIMIT) > 0;
  }

  static String oversizedMessage(int length) {
    return "message length "
        + Integer.toUnsignedString(length)
        + " exceed maximum message size of "
        + LIMIT;
  }
}
