// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.wire.GrpcErrors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Calls with a namespace, a lease and a deadline: the only class that knows how a call is made and
 * how it fails. Immutable and safe for concurrent use.
 *
 * @param channel to the daemon, without headers
 * @param address of the daemon's socket, for messages
 * @param namespace empty for none
 * @param lease empty for none
 * @param timeout of one ordinary call
 */
record Wire(Channel channel, Path address, String namespace, String lease, Duration timeout) {
  /** For calls whose work grows with the data: unpacking a layer, collecting garbage. */
  private static final Duration LONG = Duration.ofMinutes(10);

  private static final Metadata.Key<String> NAMESPACE =
      Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> LEASE =
      Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

  /** One request, one answer, within the timeout. */
  <Q, R> R call(MethodDescriptor<Q, R> method, Q request) {
    return call(method, request, options(timeout));
  }

  /** One request, one answer, for work that takes long: ten minutes or the timeout, if longer. */
  <Q, R> R callLong(MethodDescriptor<Q, R> method, Q request) {
    return call(method, request, options(timeout.compareTo(LONG) > 0 ? timeout : LONG));
  }

  /** One request whose answer may take for ever: the end of a process. */
  <Q, R> R callPatiently(MethodDescriptor<Q, R> method, Q request) {
    return call(method, request, CallOptions.DEFAULT);
  }

  /** One request, many answers; the whole listing has one deadline, that of long calls. */
  <Q, R> Iterator<R> list(MethodDescriptor<Q, R> method, Q request) {
    Iterator<R> answers =
        ClientCalls.blockingServerStreamingCall(headed(), method, options(LONG), request);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        try {
          return answers.hasNext();
        } catch (StatusRuntimeException failure) {
          throw failed(failure.getStatus());
        }
      }

      @Override
      public R next() {
        return answers.next();
      }
    };
  }

  /** One request, many answers, until the caller closes it. */
  <Q, R> WireStream<Q, R> subscribe(MethodDescriptor<Q, R> method, Q request) {
    return new WireStream<>(
        this,
        ClientCalls.blockingV2ServerStreamingCall(headed(), method, CallOptions.DEFAULT, request));
  }

  /** Many requests, many answers. */
  <Q, R> WireStream<Q, R> open(MethodDescriptor<Q, R> method) {
    return new WireStream<>(
        this, ClientCalls.blockingBidiStreamingCall(headed(), method, CallOptions.DEFAULT));
  }

  /** What a status means to the caller. */
  GantryException failed(Status status) {
    if (status.getCode() == Code.UNAVAILABLE && status.getCause() instanceof IOException cause) {
      return new UnavailableException("connect to %s: %s".formatted(address, reason(cause)), cause);
    }
    return GrpcErrors.fromStatus(status);
  }

  /** How long the answer to one message of a stream may take, milliseconds. */
  long patience() {
    return (timeout.compareTo(LONG) > 0 ? timeout : LONG).toMillis();
  }

  private <Q, R> R call(MethodDescriptor<Q, R> method, Q request, CallOptions options) {
    try {
      return ClientCalls.blockingUnaryCall(headed(), method, options, request);
    } catch (StatusRuntimeException failure) {
      throw failed(failure.getStatus());
    }
  }

  private static CallOptions options(Duration timeout) {
    return CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private Channel headed() {
    Metadata headers = new Metadata();
    if (!namespace.isEmpty()) {
      headers.put(NAMESPACE, namespace);
    }
    if (!lease.isEmpty()) {
      headers.put(LEASE, lease);
    }
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(headers));
  }

  private static String reason(IOException cause) {
    Throwable root = cause;
    while (root.getCause() instanceof IOException deeper) {
      root = deeper;
    }
    String message = root.getMessage();
    return root instanceof SocketException && message != null
        ? message.toLowerCase(Locale.ROOT)
        : String.valueOf(message);
  }
}
