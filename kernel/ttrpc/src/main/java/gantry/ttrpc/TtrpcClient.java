// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import gantry.errors.CanceledException;
import gantry.errors.DataLossException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnavailableException;
import gantry.wire.GrpcErrors;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Calls a server, any number of calls at once on one connection. When that ends, it ends for good:
 * every call fails with {@link UnavailableException}. Safe for concurrent use.
 */
public final class TtrpcClient implements AutoCloseable {
  /** No limit on how long a call may take. */
  public static final Duration FOREVER = Duration.ZERO;

  private final FrameChannel frames;
  private final String server;
  private final Runnable onClose;
  private final Map<Integer, CompletableFuture<Response>> calls = new ConcurrentHashMap<>();
  // streams must reach the wire in the order of their numbers
  private final ReentrantLock order = new ReentrantLock();
  private int nextStream = 1;
  private volatile boolean closed;
  private volatile boolean retired;

  private TtrpcClient(SocketChannel channel, String server, Runnable onClose) {
    this.frames = new FrameChannel(channel, "ttrpc-client");
    this.server = server;
    this.onClose = onClose;
  }

  /** As {@link #connect(Path, Runnable)}, telling nobody of the end. */
  public static TtrpcClient connect(Path path) throws IOException {
    return connect(path, () -> {});
  }

  /**
   * Connects.
   *
   * @param onClose run once, on a thread of its own, when the connection ended for whatever reason
   */
  public static TtrpcClient connect(Path path, Runnable onClose) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return over(channel, path.toString(), onClose);
  }

  /**
   * Calls over a connection that was made elsewhere, as to a socket without a path.
   *
   * @param channel connected; belongs to the result
   * @param server for messages
   * @param onClose as for {@link #connect(Path, Runnable)}
   */
  public static TtrpcClient over(SocketChannel channel, String server, Runnable onClose) {
    TtrpcClient client = new TtrpcClient(channel, server, onClose);
    Thread.ofVirtual().name("ttrpc-client").start(client::receive);
    return client;
  }

  /**
   * Calls a method and waits for its answer.
   *
   * @param timeout also told to the server; {@link #FOREVER} for no limit
   * @param metadata sent along
   * @return the answer
   * @throws gantry.errors.GantryException what the server's status stands for
   * @throws UnavailableException if the connection has ended
   * @throws InterruptedException if the thread was interrupted; the call may still take place
   */
  public <R extends MessageLite> R call(
      String service,
      String method,
      MessageLite request,
      Parser<R> answer,
      Duration timeout,
      Map<String, String> metadata)
      throws InterruptedException {
    ByteString payload = encode(service, method, request, timeout, metadata);
    CompletableFuture<Response> done = new CompletableFuture<>();
    long limit = timeout.isZero() ? Long.MAX_VALUE : timeout.toNanos();
    long start = System.nanoTime();
    int stream = send(service + "/" + method, payload, done, limit);
    try {
      long left = limit == Long.MAX_VALUE ? limit : limit - (System.nanoTime() - start);
      return read(done.get(left, TimeUnit.NANOSECONDS), answer);
    } catch (ExecutionException e) {
      throw unavailable(method, e.getCause());
    } catch (TimeoutException e) {
      throw late(service, method);
    } finally {
      calls.remove(stream);
      closeIfDone();
    }
  }

  private int send(
      String name, ByteString payload, CompletableFuture<Response> done, long limitNanos)
      throws InterruptedException {
    if (!order.tryLock(limitNanos, TimeUnit.NANOSECONDS)) {
      throw late(name, "send");
    }
    try {
      int stream = nextStream;
      if (stream < 0) {
        frames.close();
        throw unavailable(name, new ClosedChannelException());
      }
      nextStream += 2;
      calls.put(stream, done);
      if (!frames.send(Frame.of(stream, Frame.REQUEST, payload), Duration.ofNanos(limitNanos))) {
        calls.remove(stream);
        throw late(name, "send");
      }
      if (closed) {
        // it may have ended between the two; then nobody else completes this one
        done.completeExceptionally(new ClosedChannelException());
      }
      return stream;
    } catch (IOException e) {
      throw unavailable(name, e);
    } finally {
      order.unlock();
    }
  }

  private static ByteString encode(
      String service,
      String method,
      MessageLite request,
      Duration timeout,
      Map<String, String> metadata) {
    Map<String, List<String>> pairs = new LinkedHashMap<>();
    metadata.forEach((key, value) -> pairs.put(key, List.of(value)));
    ByteString payload = request.toByteString();
    ByteString bytes;
    try {
      bytes = new Request(service, method, payload, timeout.toNanos(), pairs).encode();
    } catch (IOException e) {
      throw new DataLossException("call " + method + ": request cannot be encoded", e);
    }
    if (bytes.size() > Frame.LIMIT) {
      throw new ResourceExhaustedException(Frame.oversizedMessage(bytes.size()));
    }
    return bytes;
  }

  private static <R extends MessageLite> R read(Response response, Parser<R> answer) {
    if (response.status().getCode() != 0) {
      throw GrpcErrors.fromRpc(response.status());
    }
    try {
      return answer.parseFrom(response.payload());
    } catch (InvalidProtocolBufferException e) {
      throw new DataLossException("read answer: malformed message", e);
    }
  }

  private void receive() {
    Throwable reason = new CanceledException("client closed");
    try {
      while (true) {
        dispatch(frames.receive());
      }
    } catch (IOException e) {
      reason = e;
    } finally {
      closed = true;
      frames.close();
      end(reason);
    }
  }

  private void end(Throwable reason) {
    for (CompletableFuture<Response> call : calls.values()) {
      call.completeExceptionally(reason);
    }
    calls.clear();
    onClose.run();
  }

  private void dispatch(Frame frame) throws IOException {
    CompletableFuture<Response> call = calls.remove(frame.stream());
    if (call == null) {
      // given up by its caller
      return;
    }
    if (frame.oversized()) {
      var failure = new ResourceExhaustedException(Frame.oversizedMessage(frame.length()));
      call.complete(Response.failed(GrpcErrors.toRpc(failure)));
      return;
    }
    call.complete(Response.decode(frame.payload()));
  }

  private UnavailableException unavailable(String method, @Nullable Throwable cause) {
    return new UnavailableException(
        "call " + method + " on " + server + ": connection closed", cause);
  }

  private DeadlineExceededException late(String service, String method) {
    return new DeadlineExceededException(
        "call " + service + "/" + method + " on " + server + ": context deadline exceeded");
  }

  /** Whether calls that begin now can succeed. */
  public boolean isOpen() {
    return !closed && !retired && frames.isWritable();
  }

  /** Whether the connection has ended. */
  public boolean isClosed() {
    return closed;
  }

  /** Ends the connection as soon as the calls in progress are answered; it is for no others. */
  public void retire() {
    retired = true;
    closeIfDone();
  }

  private void closeIfDone() {
    if (retired && calls.isEmpty()) {
      close();
    }
  }

  /** Ends the connection; calls in progress fail. */
  @Override
  public void close() {
    frames.close();
  }
}
