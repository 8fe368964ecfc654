// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One caller's work on its way through the writer. */
final class WriteRequest<T extends @Nullable Object> {
  private enum State {
    WAITING,
    TAKEN,
    WITHDRAWN
  }

  private final Work<T> work;
  private final Durability durability;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CountDownLatch done = new CountDownLatch(1);
  private @Nullable T result;
  private @Nullable Throwable failure;

  WriteRequest(Work<T> work, Durability durability) {
    this.work = work;
    this.durability = durability;
  }

  Durability durability() {
    return durability;
  }

  /** Called by the writer: whether the caller still wants it. */
  boolean take() {
    return state.compareAndSet(State.WAITING, State.TAKEN);
  }

  /** Called by the caller: whether it will surely not happen. */
  boolean withdraw() {
    return state.compareAndSet(State.WAITING, State.WITHDRAWN);
  }

  /** Does the work; what it throws is the caller's and is kept for it. */
  boolean perform(Transaction tx) {
    try {
      result = work.in(tx);
      return true;
    } catch (RuntimeException | Error e) {
      failure = e;
      return false;
    }
  }

  /** The transaction ended: well, or with a failure that is everybody's. */
  void finish(@Nullable RuntimeException everybodys) {
    if (failure == null) {
      failure = everybodys;
    }
    done.countDown();
  }

  boolean await(Duration timeout) throws InterruptedException {
    return done.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** What the work returned or threw; call it after it is done. */
  @SuppressWarnings("NullAway") // null only if T allows it
  T outcome() {
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
    return result;
  }
}
