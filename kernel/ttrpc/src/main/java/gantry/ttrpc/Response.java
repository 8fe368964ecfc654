// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.rpc.Status;
import java.io.IOException;

/** What a response frame carries: a protobuf message with status 1 and payload 2. */
record Response(Status status, ByteString payload) {
  private static final int STATUS = 1 << 3 | 2;
  private static final int PAYLOAD = 2 << 3 | 2;

  static Response of(ByteString payload) {
    return new Response(Status.getDefaultInstance(), payload);
  }

  static Response failed(Status status) {
    return new Response(status, ByteString.EMPTY);
  }

  ByteString encode() throws IOException {
    ByteString.Output bytes = ByteString.newOutput(payload.size() + 16);
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    if (status.getCode() != 0) {
      out.writeBytes(1, status.toByteString());
    }
    if (!payload.isEmpty()) {
      out.writeBytes(2, payload);
    }
    out.flush();
    return bytes.toByteString();
  }

  static Response decode(ByteString bytes) throws IOException {
    CodedInputStream in = bytes.newCodedInput();
    Status status = Status.getDefaultInstance();
    ByteString payload = ByteString.EMPTY;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case STATUS -> status = Status.parseFrom(in.readBytes());
        case PAYLOAD -> payload = in.readBytes();
        default -> in.skipField(tag);
      }
    }
    return new Response(status, payload);
  }
}
