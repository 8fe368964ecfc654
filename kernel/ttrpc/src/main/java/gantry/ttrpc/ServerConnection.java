// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import com.google.protobuf.ByteString;
import com.google.rpc.Status;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.ResourceExhaustedException;
import gantry.errors.UnimplementedException;
import gantry.wire.GrpcErrors;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One caller of a server. */
final class ServerConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
  private static final int CALLS = 1 << 14;

  /** A caller that does not read its answers for so long is gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FrameChannel frames;
  private final TtrpcServices services;
  private final ScheduledExecutorService deadlines;
  private final Map<Integer, Call> calls = new ConcurrentHashMap<>();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean receiving = true;
  private volatile boolean finishing;
  private int lastStream;

  ServerConnection(
      SocketChannel channel, TtrpcServices services, ScheduledExecutorService deadlines) {
    this.frames = new FrameChannel(channel, "ttrpc-connection");
    this.services = services;
    this.deadlines = deadlines;
  }

  /** Serves until the caller leaves. */
  void serve() {
    try {
      while (true) {
        accept(frames.receive());
      }
    } catch (IOException e) {
      LOG.debug("caller left: {}", e.getMessage());
    } finally {
      receiving = false;
      if (finishing) {
        endIfAnswered();
      } else {
        close();
        calls.values().forEach(Call::cancel);
      }
    }
  }

  /**
   * Takes no more calls, and ends once those it has begun are answered. A caller that is not
   * answered knows that its call was not begun.
   */
  void finish() {
    finishing = true;
    try {
      frames.stopReceiving();
    } catch (IOException e) {
      LOG.debug("caller left already: {}", e.getMessage());
      close();
    }
  }

  /** Waits for the end; false if it does not come in time. */
  boolean awaitEnd(Duration timeout) throws InterruptedException {
    return frames.awaitClosed(timeout.isNegative() ? Duration.ZERO : timeout);
  }

  /** Waits for the end: it comes with the last answer, or with {@link #close}. */
  void awaitEnd() throws InterruptedException {
    frames.awaitClosed();
  }

  private void endIfAnswered() {
    if (unanswered.get() == 0 && ended.compareAndSet(false, true)) {
      try {
        frames.closeWhenSent(PATIENCE);
      } catch (IOException e) {
        LOG.debug("caller left meanwhile: {}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        close();
      }
    }
  }

  private void accept(Frame frame) {
    unanswered.incrementAndGet();
    Call call = new Call(frame.stream());
    try {
      check(frame);
      call.start(Request.decode(frame.payload()));
    } catch (GantryException e) {
      call.fail(e);
    } catch (IOException e) {
      call.fail(new InvalidArgumentException("read request: malformed message", e));
    }
  }

  private void check(Frame frame) {
    int stream = frame.stream();
    if (frame.type() != Frame.REQUEST || frame.flags() != 0) {
      throw new UnimplementedException("streams are not supported");
    }
    if (stream % 2 == 0) {
      throw new InvalidArgumentException("StreamID must be odd for client initiated streams");
    }
    if (stream <= lastStream) {
      throw new InvalidArgumentException("StreamID cannot be re-used and must increment");
    }
    lastStream = stream;
    if (frame.oversized()) {
      throw new ResourceExhaustedException(Frame.oversizedMessage(frame.length()));
    }
    if (calls.size() >= CALLS) {
      throw new ResourceExhaustedException("more than " + CALLS + " calls on one connection");
    }
  }

  @Override
  public void close() {
    frames.close();
  }

  /** One call; whoever answers first, handler or deadline, answers it alone. */
  private final class Call {
    private final int stream;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    private volatile @Nullable Future<?> deadline;

    Call(int stream) {
      this.stream = stream;
    }

    void start(Request request) {
      TtrpcMethod<?> method = services.find(request.service(), request.method());
      Optional<Duration> timeout =
          request.timeoutNanos() > 0
              ? Optional.of(Duration.ofNanos(request.timeoutNanos()))
              : Optional.empty();
      TtrpcCall call = new TtrpcCall(request.metadata(), timeout);
      calls.put(stream, this);
      Thread runner =
          Thread.ofVirtual()
              .name("ttrpc-" + request.method())
              .unstarted(() -> run(method, request.payload(), call));
      thread = runner;
      timeout.ifPresent(
          limit ->
              deadline = deadlines.schedule(this::expire, limit.toNanos(), TimeUnit.NANOSECONDS));
      runner.start();
    }

    private void run(TtrpcMethod<?> method, ByteString payload, TtrpcCall call) {
      try {
        answer(Response.of(method.call(payload, call)));
      } catch (Exception e) {
        fail(e);
      } catch (Error e) {
        // a caller waits: it must hear of it whatever it is
        fail(e);
        throw e;
      } finally {
        calls.remove(stream);
        Future<?> pending = deadline;
        if (pending != null) {
          pending.cancel(false);
        }
      }
    }

    private void expire() {
      fail(new DeadlineExceededException("context deadline exceeded"));
      cancel();
    }

    void cancel() {
      Thread running = thread;
      if (running != null) {
        running.interrupt();
      }
    }

    void fail(Throwable failure) {
      Status status = GrpcErrors.toRpc(failure);
      answer(Response.failed(status));
    }

    private void answer(Response response) {
      if (!answered.compareAndSet(false, true)) {
        return;
      }
      // the handler's thread may be interrupted, and a timer must not wait for a slow caller
      Thread.ofVirtual().name("ttrpc-answer").start(() -> send(response));
    }

    private void send(Response response) {
      try {
        ByteString payload = response.encode();
        if (payload.size() > Frame.LIMIT) {
          String message = Frame.oversizedMessage(payload.size());
          payload =
              Response.failed(GrpcErrors.toRpc(new ResourceExhaustedException(message))).encode();
        }
        if (!frames.send(Frame.of(stream, Frame.RESPONSE, payload), PATIENCE)) {
          LOG.warn("caller does not read its answers, connection closed");
          frames.close();
        }
      } catch (IOException e) {
        LOG.debug("answer not sent, caller left: {}", e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        unanswered.decrementAndGet();
        if (finishing && !receiving) {
          endIfAnswered();
        }
      }
    }
  }
}
