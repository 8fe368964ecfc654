// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import com.google.protobuf.MessageLite;
import containerd.types.Envelope;
import gantry.supervisor.EventConnection.Answer;
import gantry.supervisor.EventConnection.Rest;
import gantry.wire.TimestampWire;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the daemon what happened, in the order it happened; one that went away before it could
 * answer is told once more. While the daemon is away events are kept, at most {@link #CAPACITY} of
 * them: then the oldest go. Safe for concurrent use.
 */
final class Events implements AutoCloseable {
  /** How many events are kept. */
  static final int CAPACITY = 1 << 14;

  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final int TRIES = 5;

  /** How many are brought with one call when they come faster than calls are answered. */
  private static final int AT_ONCE = 64;

  private record Queued(long number, Envelope envelope) {}

  private final EventConnection connection;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Queued> queue = new ArrayDeque<>();
  private final Thread sender;
  private long next;
  private long lost;
  private boolean nudged;
  private boolean closed;

  Events(Path address) {
    this(address, List.of());
  }

  /**
   * Starts to send.
   *
   * @param before what a version before this one had not sent
   */
  Events(Path address, List<Envelope> before) {
    this.connection = new EventConnection(address);
    before.forEach(envelope -> queue.addLast(new Queued(next++, envelope)));
    this.sender = Thread.ofVirtual().name("events").start(this::run);
  }

  /** Queues an event. */
  void publish(String namespace, String topic, String type, MessageLite event) {
    Envelope envelope =
        Envelope.newBuilder()
            .setTimestamp(TimestampWire.encode(Instant.now()))
            .setNamespace(namespace)
            .setTopic(topic)
            .setEvent(Any.newBuilder().setTypeUrl(type).setValue(event.toByteString()))
            .build();
    lock.lock();
    try {
      if (queue.size() >= CAPACITY) {
        queue.removeFirst();
        lost++;
      }
      queue.addLast(new Queued(next++, envelope));
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The daemon has shown a sign of life: try again now. */
  void nudge() {
    lock.lock();
    try {
      nudged = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    int refusals = 0;
    try (connection) {
      while (true) {
        List<Queued> oldest = oldest();
        if (oldest.isEmpty()) {
          return;
        }
        Answer answer = connection.bring(oldest.stream().map(Queued::envelope).toList());
        if (answer.taken() > 0) {
          drop(oldest.subList(0, answer.taken()));
          refusals = 0;
          pause = FIRST_PAUSE;
        }
        refusals = answer.rest() == Rest.REFUSED ? refusals + 1 : 0;
        if (refusals >= TRIES) {
          Queued refused = oldest.get(answer.taken());
          LOG.warn("event {} dropped: the daemon refuses it", refused.envelope().getTopic());
          drop(List.of(refused));
          refusals = 0;
        } else if (answer.rest() != Rest.NOT_TRIED) {
          if (answer.rest() == Rest.AWAY && ending()) {
            return;
          }
          pause(pause);
          pause = longer(pause);
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("events stopped");
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  private boolean ending() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for some; none if there are none left and none will come. */
  private List<Queued> oldest() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        changed.await();
      }
      nudged = false;
      return queue.stream().limit(AT_ONCE).toList();
    } finally {
      lock.unlock();
    }
  }

  private void drop(List<Queued> done) {
    long missing;
    lock.lock();
    try {
      // some may have been pushed out meanwhile
      long last = done.getLast().number();
      while (!queue.isEmpty() && queue.getFirst().number() <= last) {
        queue.removeFirst();
      }
      missing = lost;
      lost = 0;
    } finally {
      lock.unlock();
    }
    if (missing > 0) {
      LOG.warn("{} events were lost while the daemon was away", missing);
    }
  }

  private void pause(Duration longest) throws InterruptedException {
    lock.lock();
    try {
      long left = longest.toNanos();
      while (left > 0 && !nudged && !closed) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Sends what is queued if the daemon takes it at once, for at most that long. */
  void flush(Duration longest) throws InterruptedException {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    sender.join(longest);
  }

  /** Stops sending; what was not sent, or nobody said that it arrived, is for another to send. */
  List<Envelope> stop() throws InterruptedException {
    sender.interrupt();
    sender.join();
    lock.lock();
    try {
      return queue.stream().map(Queued::envelope).toList();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    sender.interrupt();
  }
}
