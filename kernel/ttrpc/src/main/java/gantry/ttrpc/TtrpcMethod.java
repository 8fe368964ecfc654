// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import gantry.errors.InvalidArgumentException;

/**
 * A method that can be called.
 *
 * @param <Q> the request
 * @param name without the service's
 */
public record TtrpcMethod<Q extends MessageLite>(
    String name, Parser<Q> parser, Handler<Q> handler) {
  /**
   * Answers calls; each on a virtual thread of its own, which is interrupted when the deadline
   * passes or the caller goes away.
   *
   * @param <Q> the request
   */
  @FunctionalInterface
  public interface Handler<Q extends MessageLite> {
    /** Returns the answer, or throws what becomes the status of the call. */
    MessageLite handle(Q request, TtrpcCall call) throws Exception;
  }

  ByteString call(ByteString payload, TtrpcCall call) throws Exception {
    Q request;
    try {
      request = parser.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new InvalidArgumentException("call " + name + ": malformed request", e);
    }
    return handler.handle(request, call).toByteString();
  }
}
