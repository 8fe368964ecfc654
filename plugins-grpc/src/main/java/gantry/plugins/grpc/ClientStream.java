// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Any;
import gantry.errors.CanceledException;
import gantry.streaming.MessageStream;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A stream a client opened, for who asks for it by its id. */
final class ClientStream implements MessageStream {
  /** A stream that is still open is looked after this often. */
  private static final Duration PULSE = Duration.ofHours(1);

  private final String id;
  private final Source<Any> requests;
  private final Sink<Any> answers;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final List<Runnable> actions = new ArrayList<>();

  ClientStream(String id, Source<Any> requests, Sink<Any> answers) {
    this.id = id;
    this.requests = requests;
    this.answers = answers;
  }

  /**
   * Waits until it was closed from this side; the handling thread is interrupted if the other does.
   */
  void awaitClose() throws InterruptedException {
    while (!closed.await(PULSE.toSeconds(), TimeUnit.SECONDS)) {
      // its client is there: it may be open for as long as that wants
    }
  }

  @Override
  public void send(TypedValue message) throws IOException {
    try {
      if (closed.getCount() == 0) {
        throw new IOException("send to stream \"%s\": it has ended".formatted(id));
      }
      answers.send(AnyWire.encode(message));
    } catch (CanceledException gone) {
      throw new IOException("send to stream \"%s\": its client has left".formatted(id), gone);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public @Nullable TypedValue receive(Duration deadline) throws IOException {
    try {
      return requests.next(deadline).map(AnyWire::decode).orElse(null);
    } catch (CanceledException gone) {
      throw new IOException("read stream \"%s\": its client has left".formatted(id), gone);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private CanceledException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new CanceledException("use stream \"%s\": interrupted".formatted(id), cause);
  }

  @Override
  public void onClose(Runnable action) {
    synchronized (actions) {
      if (closed.getCount() > 0) {
        actions.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public void close() {
    List<Runnable> due;
    synchronized (actions) {
      closed.countDown();
      due = List.copyOf(actions);
      actions.clear();
    }
    due.forEach(Runnable::run);
  }
}
