// SPDX-License-Identifier: Apache-2.0
package gantry.boot.events;

import gantry.errors.InvalidArgumentException;
import gantry.events.Envelope;
import gantry.events.Event;
import gantry.events.EventBus;
import gantry.events.Subscription;
import gantry.filters.Filter;
import gantry.names.Identifier;
import gantry.names.Namespace;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event bus. A publisher never waits for a subscriber. */
public final class Exchange implements EventBus {
  private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

  private final List<SubscriberQueue> subscribers = new CopyOnWriteArrayList<>();
  private final ReentrantLock order = new ReentrantLock();
  private final Clock clock;
  private final int capacity;

  /**
   * A bus without subscribers.
   *
   * @param capacity how many events a subscriber may be behind
   */
  public Exchange(Clock clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
  }

  @Override
  public void publish(Namespace namespace, Event event) {
    requireTopic(event.topic());
    deliver(new Envelope(clock.instant(), namespace.name(), event));
  }

  @Override
  public void forward(Envelope envelope) {
    try {
      Identifier.require("namespace", envelope.namespace());
    } catch (InvalidArgumentException e) {
      throw new InvalidArgumentException(
          "event envelope has invalid namespace: " + e.getMessage(), e);
    }
    requireTopic(envelope.topic());
    if (!envelope.timestamp().isAfter(Instant.EPOCH)) {
      throw new InvalidArgumentException("timestamp must be set on forwarded event");
    }
    deliver(envelope);
  }

  @Override
  public Subscription subscribe(Filter filter) {
    SubscriberQueue queue = new SubscriberQueue(filter, capacity, subscribers::remove);
    subscribers.add(queue);
    return queue;
  }

  private void deliver(Envelope envelope) {
    // Held only while the event is put into queues, so that all subscribers see one order.
    order.lock();
    try {
      if (subscribers.removeIf(subscriber -> !subscriber.offer(envelope))) {
        LOG.warn("a subscriber fell more than {} events behind and is cut off", capacity);
      }
    } finally {
      order.unlock();
    }
  }

  private static void requireTopic(String topic) {
    String reason = "";
    if (topic.isEmpty()) {
      reason = "must not be empty";
    } else if (topic.charAt(0) != '/') {
      reason = "must start with '/'";
    } else if (topic.length() == 1) {
      reason = "must have at least one component";
    }
    if (!reason.isEmpty()) {
      throw new InvalidArgumentException("envelope topic \"%s\": %s".formatted(topic, reason));
    }
    for (String component : topic.substring(1).split("/", -1)) {
      try {
        Identifier.require("component", component);
      } catch (InvalidArgumentException e) {
        throw new InvalidArgumentException(
            "envelope topic \"%s\": failed validation on component \"%s\": %s"
                .formatted(topic, component, e.getMessage()),
            e);
      }
    }
  }
}
