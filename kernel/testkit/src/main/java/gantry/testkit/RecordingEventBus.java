// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import gantry.errors.CanceledException;
import gantry.events.Envelope;
import gantry.events.Event;
import gantry.events.EventBus;
import gantry.events.Subscription;
import gantry.filters.Filter;
import gantry.names.Namespace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An event bus that keeps everything, in order. Subscriptions work, without a bound. Safe for
 * concurrent use.
 */
public final class RecordingEventBus implements EventBus {
  private final List<Envelope> envelopes = new ArrayList<>();
  private final List<Queue> queues = new CopyOnWriteArrayList<>();

  @Override
  public void publish(Namespace namespace, Event event) {
    forward(new Envelope(Instant.now(), namespace.toString(), event));
  }

  @Override
  public synchronized void forward(Envelope envelope) {
    envelopes.add(envelope);
    queues.forEach(queue -> queue.offer(envelope));
    notifyAll();
  }

  @Override
  public Subscription subscribe(Filter filter) {
    Queue queue = new Queue(filter);
    queues.add(queue);
    return queue;
  }

  /** All envelopes so far. */
  public synchronized List<Envelope> envelopes() {
    return List.copyOf(envelopes);
  }

  /** All events so far. */
  public List<Event> events() {
    return envelopes().stream().map(Envelope::event).toList();
  }

  /** The topics of all events so far. */
  public List<String> topics() {
    return envelopes().stream().map(Envelope::topic).toList();
  }

  /** Forgets what was recorded. */
  public synchronized void clear() {
    envelopes.clear();
  }

  /**
   * Waits for the first recorded event that is wanted, also one that is already there.
   *
   * @throws AssertionError if none came in time; it lists what came instead
   */
  public synchronized Envelope await(Predicate<Envelope> wanted, Duration timeout)
      throws InterruptedException {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<Envelope> found = envelopes.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        throw new AssertionError("no such event within " + timeout + ", but " + envelopes);
      }
      wait(left);
    }
  }

  private final class Queue implements Subscription {
    private final Filter filter;
    private final LinkedBlockingQueue<Optional<Envelope>> waiting = new LinkedBlockingQueue<>();

    Queue(Filter filter) {
      this.filter = filter;
    }

    void offer(Envelope envelope) {
      if (filter.matches(envelope)) {
        waiting.add(Optional.of(envelope));
      }
    }

    @Override
    public Optional<Envelope> next(Duration timeout) throws InterruptedException {
      Optional<Envelope> next = waiting.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (next != null && next.isEmpty()) {
        close();
        throw new CanceledException("take event: the subscription is closed");
      }
      return next == null ? Optional.empty() : next;
    }

    /** An empty entry tells the reader; it stays for all later reads. */
    @Override
    public void close() {
      queues.remove(this);
      waiting.add(Optional.empty());
    }
  }
}
