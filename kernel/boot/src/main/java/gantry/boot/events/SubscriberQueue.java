// SPDX-License-Identifier: Apache-2.0
package gantry.boot.events;

import gantry.errors.CanceledException;
import gantry.errors.ResourceExhaustedException;
import gantry.events.Envelope;
import gantry.events.Subscription;
import gantry.filters.Filter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** One subscriber's events that it has not read yet. */
final class SubscriberQueue implements Subscription {
  private final Filter filter;
  private final int capacity;
  private final Consumer<SubscriberQueue> onClose;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition change = lock.newCondition();
  private final Queue<Envelope> waiting = new ArrayDeque<>();
  private boolean overflown;
  private boolean closed;

  SubscriberQueue(Filter filter, int capacity, Consumer<SubscriberQueue> onClose) {
    this.filter = filter;
    this.capacity = capacity;
    this.onClose = onClose;
  }

  /** Adds the event if it is wanted; false if there is no room and so the subscriber is cut off. */
  boolean offer(Envelope envelope) {
    if (!filter.matches(envelope)) {
      return true;
    }
    lock.lock();
    try {
      if (waiting.size() == capacity) {
        overflown = true;
      } else {
        waiting.add(envelope);
      }
      change.signal();
      return !overflown;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Envelope> next(Duration timeout) throws InterruptedException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed && !overflown && left > 0) {
        left = change.awaitNanos(left);
      }
      if (closed) {
        throw new CanceledException("subscription is closed");
      }
      Envelope next = waiting.poll();
      if (next == null && overflown) {
        throw new ResourceExhaustedException(
            "subscriber is more than %d events behind: subscribe again and read faster"
                .formatted(capacity));
      }
      return Optional.ofNullable(next);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      waiting.clear();
      change.signalAll();
    } finally {
      lock.unlock();
    }
    onClose.accept(this);
  }
}
