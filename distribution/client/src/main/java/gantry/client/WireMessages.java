// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import com.google.protobuf.Any;
import containerd.services.streaming.v1.StreamInit;
import containerd.services.streaming.v1.StreamingGrpc;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.streaming.MessageStream;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A stream to the daemon that another call may name. Closing it says that nothing more will be
 * sent; what the daemon still sends can be read.
 */
final class WireMessages implements MessageStream {
  private final String id;
  private final WireStream<Any, Any> stream;
  private final List<Runnable> actions = new ArrayList<>();
  private boolean closed;
  private volatile boolean finished;
  private final AtomicLong received = new AtomicLong();

  private WireMessages(String id, WireStream<Any, Any> stream) {
    this.id = id;
    this.stream = stream;
  }

  /** The stream ended before its time, by no fault of who uses it. */
  static final class BrokenException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Opens a stream and waits until the daemon knows it. */
  static WireMessages open(Wire wire, String id) {
    WireStream<Any, Any> stream = wire.open(StreamingGrpc.getStreamMethod());
    try {
      stream.send(AnyWire.pack(StreamInit.newBuilder().setId(id).build()));
      if (stream.receive() == null) {
        throw new UnavailableException(
            "open stream \"%s\": the daemon ended it at once".formatted(id));
      }
      return new WireMessages(id, stream);
    } catch (RuntimeException failure) {
      stream.close();
      throw failure;
    }
  }

  String id() {
    return id;
  }

  @Override
  public void send(TypedValue message) throws IOException {
    try {
      if (!stream.send(AnyWire.encode(message))) {
        throw new BrokenException(
            "send to stream \"%s\": the daemon has ended it".formatted(id), null);
      }
    } catch (DeadlineExceededException failure) {
      throw failure;
    } catch (GantryException failure) {
      throw new BrokenException(
          "send to stream \"%s\": %s".formatted(id, failure.getMessage()), failure);
    }
  }

  @Override
  public @Nullable TypedValue receive(Duration deadline) throws IOException {
    try {
      Any message = stream.receiveWithin(deadline);
      if (message == null) {
        return null;
      }
      received.incrementAndGet();
      return AnyWire.decode(message);
    } catch (DeadlineExceededException failure) {
      throw failure;
    } catch (GantryException failure) {
      if (finished) {
        return null;
      }
      throw new BrokenException(
          "read stream \"%s\": %s".formatted(id, failure.getMessage()), failure);
    }
  }

  /** Messages received so far. */
  long received() {
    return received.get();
  }

  /** Takes what was received for all there is. */
  void finish() {
    finished = true;
    abandon();
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (actions) {
      if (!closed) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public void close() {
    if (markClosed()) {
      stream.end();
    }
  }

  /** Ends both directions; the daemon takes what it got for incomplete. */
  void abandon() {
    markClosed();
    stream.close();
  }

  private boolean markClosed() {
    List<Runnable> due;
    synchronized (actions) {
      if (closed) {
        return false;
      }
      closed = true;
      due = List.copyOf(actions);
      actions.clear();
    }
    due.forEach(Runnable::run);
    return true;
  }
}
