// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.InvalidArgumentException;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;

/**
 * Turns plain blocking methods into gRPC handlers. Every call runs on a virtual thread of its own;
 * nothing a method throws goes further than here. Safe for concurrent use.
 */
final class Replies {

  /** An RPC with one request and one answer. */
  @FunctionalInterface
  interface Unary<Q, R> {
    R reply(CallHeaders headers, Q request) throws Exception;
  }

  /** An RPC with one request and any number of answers. */
  @FunctionalInterface
  interface Streaming<Q, R> {
    void reply(CallHeaders headers, Q request, Sink<R> answers) throws Exception;
  }

  /** An RPC with any number of messages both ways. */
  @FunctionalInterface
  interface Conversation<Q, R> {
    void reply(CallHeaders headers, Source<Q> requests, Sink<R> answers) throws Exception;
  }

  /** One request, one answer. The method ends by itself, also when the client is gone. */
  <Q, R> ServerCallHandler<Q, R> unary(Unary<Q, R> method) {
    Conversation<Q, R> small =
        (headers, requests, answers) -> answers.send(method.reply(headers, only(requests)));
    return new ServerCallHandler<>() {
      @Override
      public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        return Exchange.startSmall(call, CallHeaders.of(headers), small);
      }
    };
  }

  /** One request, one answer after a long wait. The method is interrupted when the client goes. */
  <Q, R> ServerCallHandler<Q, R> waiting(Unary<Q, R> method) {
    return conversation(
        (headers, requests, answers) -> {
          Q request = only(requests);
          answers.interruptWhenOver();
          answers.send(method.reply(headers, request));
        });
  }

  /** One request, many answers. */
  <Q, R> ServerCallHandler<Q, R> streaming(Streaming<Q, R> method) {
    return conversation(
        (headers, requests, answers) -> method.reply(headers, only(requests), answers));
  }

  /** Many requests, many answers. */
  <Q, R> ServerCallHandler<Q, R> conversation(Conversation<Q, R> method) {
    return new ServerCallHandler<>() {
      @Override
      public ServerCall.Listener<Q> startCall(ServerCall<Q, R> call, Metadata headers) {
        return Exchange.start(call, CallHeaders.of(headers), method);
      }
    };
  }

  private static <Q> Q only(Source<Q> requests) throws InterruptedException {
    return requests
        .next()
        .orElseThrow(() -> new InvalidArgumentException("read request: the client sent none"));
  }
}
