// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import containerd.types.Envelope;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.ttrpc.TtrpcClient;
import gantry.wire.TimestampWire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
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
  private static final String SERVICE = "containerd.services.events.ttrpc.v1.Events";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
  private static final int TRIES = 5;

  private record Queued(long number, Envelope envelope) {}

  private final Path address;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Queued> queue = new ArrayDeque<>();
  private final Thread sender;
  private @Nullable TtrpcClient daemon;
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
    this.address = address;
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
    int tries = 0;
    try {
      while (true) {
        Queued head = head();
        if (head == null) {
          return;
        }
        Outcome outcome = send(head.envelope());
        tries = outcome == Outcome.REFUSED ? tries + 1 : 0;
        if (outcome == Outcome.SENT || tries >= TRIES) {
          drop(head, outcome);
          tries = 0;
          pause = FIRST_PAUSE;
          continue;
        }
        if (outcome == Outcome.AWAY && ending()) {
          return;
        }
        pause(pause);
        pause =
            pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
                ? pause.multipliedBy(2)
                : LONGEST_PAUSE;
      }
    } catch (InterruptedException e) {
      LOG.debug("events stopped");
    } finally {
      disconnect();
    }
  }

  private boolean ending() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Queued head() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        changed.await();
      }
      nudged = false;
      return queue.peekFirst();
    } finally {
      lock.unlock();
    }
  }

  private void drop(Queued head, Outcome outcome) {
    long missing;
    lock.lock();
    try {
      // it may have been pushed out meanwhile
      Queued first = queue.peekFirst();
      if (first != null && first.number() == head.number()) {
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
    if (outcome != Outcome.SENT) {
      LOG.warn("event {} dropped: the daemon refuses it", head.envelope().getTopic());
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

  private enum Outcome {
    SENT,
    AWAY,
    REFUSED
  }

  private Outcome send(Envelope envelope) throws InterruptedException {
    try {
      connect()
          .call(
              SERVICE,
              "Forward",
              ForwardRequest.newBuilder().setEnvelope(envelope).build(),
              Empty.parser(),
              TIMEOUT,
              Map.of("containerd-namespace-ttrpc", envelope.getNamespace()));
      return Outcome.SENT;
    } catch (IOException | UnavailableException | DeadlineExceededException e) {
      LOG.debug("event {} waits for the daemon: {}", envelope.getTopic(), e.getMessage());
      disconnect();
      return Outcome.AWAY;
    } catch (GantryException e) {
      LOG.debug("event {} refused: {}", envelope.getTopic(), e.getMessage());
      return Outcome.REFUSED;
    }
  }

  private TtrpcClient connect() throws IOException {
    TtrpcClient known = daemon;
    if (known == null || !known.isOpen()) {
      known = TtrpcClient.connect(address);
      daemon = known;
    }
    return known;
  }

  private void disconnect() {
    TtrpcClient known = daemon;
    if (known != null) {
      known.close();
      daemon = null;
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
