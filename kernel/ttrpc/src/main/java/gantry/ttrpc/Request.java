// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a request frame carries: a protobuf message with service 1, method 2, payload 3, timeout in
 * nanoseconds 4 and metadata 5, a repeated message of key 1 and value 2.
 *
 * @param timeoutNanos 0 for none
 */
record Request(
    String service,
    String method,
    ByteString payload,
    long timeoutNanos,
    Map<String, List<String>> metadata) {
  private static final int WIRE_BITS = 3;
  private static final int LENGTH_DELIMITED = 2;

  ByteString encode() throws IOException {
    ByteString.Output bytes = ByteString.newOutput(payload.size() + 128);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, service);
    out.writeString(2, method);
    out.writeBytes(3, payload);
    if (timeoutNanos != 0) {
      out.writeInt64(4, timeoutNanos);
    }
    for (Map.Entry<String, List<String>> entry : metadata.entrySet()) {
      for (String value : entry.getValue()) {
        out.writeBytes(5, pair(entry.getKey(), value));
      }
    }
    out.flush();
    return bytes.toByteString();
  }

  private static ByteString pair(String key, String value) throws IOException {
    ByteString.Output bytes = ByteString.newOutput();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.writeString(1, key);
    out.writeString(2, value);
    out.flush();
    return bytes.toByteString();
  }

  static Request decode(ByteString bytes) throws IOException {
    CodedInputStream in = bytes.newCodedInput();
    String service = "";
    String method = "";
    ByteString payload = ByteString.EMPTY;
    long timeout = 0;
    Map<String, List<String>> metadata = new LinkedHashMap<>();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << WIRE_BITS | LENGTH_DELIMITED -> service = in.readStringRequireUtf8();
        case 2 << WIRE_BITS | LENGTH_DELIMITED -> method = in.readStringRequireUtf8();
        case 3 << WIRE_BITS | LENGTH_DELIMITED -> payload = in.readBytes();
        case 4 << WIRE_BITS -> timeout = in.readInt64();
        case 5 << WIRE_BITS | LENGTH_DELIMITED -> addPair(in.readBytes(), metadata);
        default -> in.skipField(tag);
      }
    }
    return new Request(service, method, payload, timeout, metadata);
  }

  private static void addPair(ByteString bytes, Map<String, List<String>> metadata)
      throws IOException {
    CodedInputStream in = bytes.newCodedInput();
    String key = "";
    String value = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case 1 << WIRE_BITS | LENGTH_DELIMITED -> key = in.readStringRequireUtf8();
        case 2 << WIRE_BITS | LENGTH_DELIMITED -> value = in.readStringRequireUtf8();
        default -> in.skipField(tag);
      }
    }
    metadata.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
  }
}
