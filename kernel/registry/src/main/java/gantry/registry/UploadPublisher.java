// SPDX-License-Identifier: Apache-2.0
package gantry.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends a body piece by piece as the connection takes it, on the connection's thread, and notes how
 * fast that goes.
 */
final class UploadPublisher implements HttpRequest.BodyPublisher {
  private static final int PIECE = 64 * 1024;

  private final BlobBody body;
  private final Repository.ByteListener listener;
  private final Throughput throughput;
  private volatile long doneAt;
  private volatile boolean done;
  private volatile @Nullable IOException failure;

  UploadPublisher(BlobBody body, Repository.ByteListener listener, Deadlines deadlines) {
    this.body = body;
    this.listener = listener;
    throughput = new Throughput(deadlines);
  }

  @Override
  public long contentLength() {
    return body.size();
  }

  Throughput throughput() {
    return throughput;
  }

  /** Nanoseconds since all was sent, or -1. */
  long idleNanos() {
    return done ? System.nanoTime() - doneAt : -1;
  }

  /** What went wrong at our own end, or null. */
  @Nullable IOException failure() {
    return failure;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    InputStream in;
    try {
      in = body.open();
    } catch (IOException e) {
      failure = e;
      subscriber.onSubscribe(new Nothing());
      subscriber.onError(e);
      return;
    }
    throughput.waits();
    subscriber.onSubscribe(new Pieces(subscriber, in));
  }

  private static final class Nothing implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private final class Pieces implements Flow.Subscription {
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final InputStream in;
    private final AtomicLong demand = new AtomicLong();
    private volatile boolean cancelled;
    private long sent;

    Pieces(Flow.Subscriber<? super ByteBuffer> subscriber, InputStream in) {
      this.subscriber = subscriber;
      this.in = in;
    }

    /** Whoever raises the demand from nothing serves it; a call from within only raises it. */
    @Override
    public void request(long n) {
      if (n <= 0 || cancelled || demand.getAndAdd(n) > 0) {
        return;
      }
      throughput.moved(0);
      do {
        if (!piece()) {
          return;
        }
      } while (demand.decrementAndGet() > 0);
      throughput.waits();
    }

    private boolean piece() {
      if (cancelled) {
        return false;
      }
      byte[] bytes;
      try {
        bytes = in.readNBytes((int) Math.min(PIECE, body.size() - sent));
        if (bytes.length == 0) {
          return fail(
              new IOException("upload ends after %d of %d bytes".formatted(sent, body.size())));
        }
      } catch (IOException e) {
        return fail(e);
      }
      sent += bytes.length;
      throughput.moved(bytes.length);
      listener.sent(sent);
      subscriber.onNext(ByteBuffer.wrap(bytes));
      if (sent < body.size()) {
        return true;
      }
      doneAt = System.nanoTime();
      done = true;
      closeBody();
      subscriber.onComplete();
      cancelled = true;
      return false;
    }

    private boolean fail(IOException e) {
      failure = e;
      cancelled = true;
      closeBody();
      subscriber.onError(e);
      return false;
    }

    @Override
    public void cancel() {
      cancelled = true;
      closeBody();
    }

    private void closeBody() {
      try {
        in.close();
      } catch (IOException e) {
        // it was only read
      }
    }
  }
}
