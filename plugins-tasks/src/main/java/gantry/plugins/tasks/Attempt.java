// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Something that is being done to a task, on a thread of its own, for any number of callers: who
 * asks for the same joins it, and who goes away does not stop it. Safe for concurrent use.
 */
final class Attempt<R> {
  private final String what;
  private final Object request;
  private final long began = System.nanoTime();
  private final CompletableFuture<R> outcome = new CompletableFuture<>();
  private volatile Supplier<String> stage = () -> "";

  /** Guarded by this, as {@link #settled}. */
  private int callers = 1;

  private boolean settled;

  /**
   * One with its first caller.
   *
   * @param what creation, deletion or clean-up
   * @param request who asks for an equal one asks for the same
   */
  Attempt(String what, Object request) {
    this.what = what;
    this.request = request;
  }

  /** What is being done. */
  String what() {
    return what;
  }

  boolean isFor(String other, Object asked) {
    return what.equals(other) && request.equals(asked);
  }

  /** What it is at now. */
  void stage(String words) {
    stage = () -> words;
  }

  /** Who can tell what it is at now; may take a moment. */
  void stage(Supplier<String> words) {
    stage = words;
  }

  /** What it is at and since when, for people. */
  String words() {
    String now = stage.get();
    return "its %s has been going on for %d s%s"
        .formatted(what, age().toSeconds(), now.isEmpty() ? "" : ", now: " + now);
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** A further caller; false if it comes too late. */
  synchronized boolean enter() {
    if (settled) {
      return false;
    }
    callers++;
    return true;
  }

  private synchronized boolean leave() {
    if (settled) {
      return false;
    }
    callers--;
    return true;
  }

  /** From now on nobody joins or leaves; whether anybody wants the outcome. */
  synchronized boolean settle() {
    settled = true;
    return callers > 0;
  }

  /** Whether nobody wants what it makes. */
  synchronized boolean isUnwanted() {
    return callers == 0;
  }

  void succeeded(R result) {
    outcome.complete(result);
  }

  void failed(Throwable reason) {
    outcome.completeExceptionally(reason);
  }

  /**
   * What came of it, for one of its callers.
   *
   * @param who the task, for messages
   * @throws DeadlineExceededException if it takes longer than the caller waits
   * @throws CanceledException if the caller was interrupted
   */
  R await(String who, Duration patience) {
    try {
      return outcome.get(Math.max(0, patience.toNanos()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String now = words();
      if (leave()) {
        throw new DeadlineExceededException(
            "%s: no answer in %d s: %s; ask for the same again to join it"
                .formatted(who, patience.toSeconds(), now),
            e);
      }
      return result();
    } catch (InterruptedException e) {
      String now = words();
      Thread.currentThread().interrupt();
      if (leave()) {
        throw new CanceledException("%s: the caller left: %s".formatted(who, now), e);
      }
      return result();
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    }
  }

  /** It is settled, so this takes no time. */
  private R result() {
    try {
      return outcome.join();
    } catch (CompletionException e) {
      throw unwrapped(e.getCause());
    }
  }

  /** Waits until it is over, whatever comes of it; false if that takes too long. */
  boolean awaitEnd(Duration patience) {
    try {
      outcome.handle((result, failure) -> true).get(patience.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RuntimeException unwrapped(@Nullable Throwable failure) {
    return switch (failure) {
      case RuntimeException cause -> cause;
      case Error cause -> throw cause;
      case null, default -> new IllegalStateException(failure);
    };
  }
}
