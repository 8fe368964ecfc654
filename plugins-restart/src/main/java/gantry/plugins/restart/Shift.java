// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.errors.CanceledException;
import gantry.errors.GantryException;
import gantry.errors.ResourceExhaustedException;
import gantry.events.Envelope;
import gantry.events.Event;
import gantry.events.EventBus;
import gantry.events.Subscription;
import gantry.filters.Filter;
import gantry.filters.FilterParser;
import gantry.names.Namespace;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time in which this version acts: a round through all containers at once and then every
 * interval, and a look at each container whose task ends. Once closed it is over for good.
 */
final class Shift implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shift.class);
  private static final Duration LISTENING = Duration.ofMinutes(1);
  private static final Filter EXITS = FilterParser.parse(List.of("topic==\"/tasks/exit\""));

  private final Records records;
  private final Caretaker caretaker;
  private final Intents intents;
  private final Attempts attempts;
  private final EventBus events;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("restart-monitor").daemon().factory());
  private final Looks looks;
  private final AtomicReference<@Nullable Subscription> exits = new AtomicReference<>();

  Shift(
      Records records,
      Caretaker caretaker,
      Intents intents,
      Attempts attempts,
      Set<String> inHand,
      EventBus events) {
    this.records = records;
    this.caretaker = caretaker;
    this.intents = intents;
    this.attempts = attempts;
    this.events = events;
    this.looks = new Looks(caretaker, inHand, timer);
  }

  /** Begins. It listens before it looks, so that no end is missed in between. */
  void begin(Duration interval) {
    Subscription first = events.subscribe(EXITS);
    exits.set(first);
    Thread.ofVirtual().name("restart-exits").start(() -> listen(first));
    Future<?> _ =
        timer.scheduleWithFixedDelay(this::round, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void listen(Subscription first) {
    Subscription current = first;
    try {
      while (true) {
        try {
          current.next(LISTENING).ifPresent(this::ended);
        } catch (ResourceExhaustedException behind) {
          LOG.warn("too many tasks ended at once: looking at all containers");
          current = anew(current);
        }
      }
    } catch (CanceledException | RejectedExecutionException closed) {
      LOG.debug("no longer told of ends");
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /** A subscription in place of one that was cut off; closed at once if this is. */
  private Subscription anew(Subscription before) {
    Subscription next = events.subscribe(EXITS);
    if (!exits.compareAndSet(before, next)) {
      next.close();
    }
    timer.execute(this::round);
    return next;
  }

  private void ended(Envelope envelope) {
    if (envelope.event() instanceof Event.TaskExit exit && exit.id().equals(exit.containerId())) {
      ContainerName name =
          new ContainerName(new Namespace(envelope.namespace()), exit.containerId());
      looks.after(name, attempts.pause(name));
    }
  }

  private void round() {
    try {
      Set<ContainerName> all = new HashSet<>();
      for (Namespace namespace : records.namespaces()) {
        List<ContainerName> watched = records.watched(namespace);
        intents.retain(namespace, watched);
        all.addAll(watched);
        watched.forEach(looks::now);
      }
      caretaker.retain(all);
    } catch (GantryException e) {
      LOG.error("look for containers to keep running: trying again with the next round", e);
    } catch (RuntimeException e) { // the timer would never come again
      LOG.error("look for containers to keep running: a defect", e);
    }
  }

  /** Begins nothing more and waits for what was begun; false if some of it goes on. */
  boolean finish(Duration time) throws InterruptedException {
    Optional.ofNullable(exits.getAndSet(null)).ifPresent(Subscription::close);
    timer.shutdownNow();
    return looks.finish(time);
  }

  /** Interrupts what is left. */
  @Override
  public void close() {
    Optional.ofNullable(exits.getAndSet(null)).ifPresent(Subscription::close);
    timer.shutdownNow();
    looks.close();
  }
}
