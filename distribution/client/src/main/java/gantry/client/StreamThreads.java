// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The threads that serve the streams of one call while it runs. Closing it ends all of them. Used
 * by one thread.
 */
final class StreamThreads implements AutoCloseable {
  /** Some daemons do not end a stream when they are done: then silence is the end. */
  private static final Duration QUIET = Duration.ofSeconds(1);

  private static final Duration STOP = Duration.ofSeconds(10);

  /** What is done with a stream until it ends. */
  interface Service {
    void serve() throws IOException;
  }

  private record Served(WireMessages stream, Thread thread, boolean daemonEnds) {}

  private final List<Served> served = new ArrayList<>();
  private final CompletableFuture<@Nullable Void> outcome = new CompletableFuture<>();
  private final AtomicReference<@Nullable IOException> broken = new AtomicReference<>();

  /**
   * Begins to serve a stream.
   *
   * @param daemonEnds whether the daemon ends it, when it has sent all
   */
  void serve(WireMessages stream, boolean daemonEnds, Service service) {
    Thread thread = Thread.ofVirtual().name("gantry-stream").start(() -> guard(stream, service));
    served.add(new Served(stream, thread, daemonEnds));
  }

  private void guard(WireMessages stream, Service service) {
    try {
      service.serve();
    } catch (WireMessages.BrokenException wire) {
      // the call says why, if that is a failure at all
      broken.compareAndSet(null, wire);
    } catch (IOException own) {
      outcome.completeExceptionally(own);
      stream.abandon();
    } catch (RuntimeException own) {
      outcome.completeExceptionally(own);
      stream.abandon();
    }
  }

  /**
   * Makes the call that uses the streams, and waits until all that the daemon sent is taken.
   *
   * @throws IOException if a stream of the caller's own failed, or the daemon broke one off
   */
  void during(Runnable call) throws IOException {
    Thread caller =
        Thread.ofVirtual()
            .name("gantry-call")
            .start(
                () -> {
                  try {
                    call.run();
                    outcome.complete(null);
                  } catch (RuntimeException failure) {
                    outcome.completeExceptionally(failure);
                  }
                });
    try {
      outcome.get();
      for (Served one : served) {
        if (one.daemonEnds()) {
          awaitEnd(one);
        }
      }
      // what was sent last may have failed after the call
      outcome.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("transfer: interrupted", e);
    } catch (ExecutionException failed) {
      throw known(failed.getCause());
    } finally {
      caller.interrupt();
    }
    IOException cut = broken.get();
    if (cut != null) {
      throw cut;
    }
  }

  private static IOException known(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException daemon) {
      throw daemon;
    }
    return failure instanceof IOException own ? own : new IOException(failure);
  }

  private static void awaitEnd(Served one) throws InterruptedException {
    long seen = -1;
    while (seen != one.stream().received()) {
      seen = one.stream().received();
      if (one.thread().join(QUIET)) {
        return;
      }
    }
    one.stream().finish();
    if (!one.thread().join(STOP)) {
      throw new DeadlineExceededException(
          "transfer: what was received is not taken within %s".formatted(STOP));
    }
  }

  @Override
  public void close() {
    for (Served one : served) {
      one.stream().abandon();
      one.thread().interrupt();
    }
  }
}
