// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at containers, some at a time, at each of them by one thread only. A look that takes long
 * gives its place to another and goes on, so those that hang hold up nobody. At most one look at a
 * container is to come. Safe for concurrent use.
 */
final class Looks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Looks.class);
  private static final int AT_ONCE = 16;
  private static final Duration LONG = Duration.ofSeconds(5);

  /** While the daemon starts a runtime may not be there yet; nobody should wait a round for it. */
  private static final Duration SETTLING = Duration.ofSeconds(30);

  private static final Duration SOON = Duration.ofSeconds(1);

  private final Caretaker caretaker;
  private final ScheduledExecutorService timer;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("restart-", 0).factory());
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Set<String> inHand;
  private final Map<ContainerName, Boolean> toCome = new ConcurrentHashMap<>();
  private final long begun = System.nanoTime();

  /**
   * Looks at nothing yet.
   *
   * @param inHand containers that somebody looks at, shared by all versions
   */
  Looks(Caretaker caretaker, Set<String> inHand, ScheduledExecutorService timer) {
    this.caretaker = caretaker;
    this.inHand = inHand;
    this.timer = timer;
  }

  /** Looks now, unless somebody does, or is about to after a pause. */
  void now(ContainerName name) {
    if (!toCome.containsKey(name)) {
      begin(name);
    }
  }

  /** Looks after a pause; if a look is to come already, that one is enough. */
  void after(ContainerName name, Duration pause) {
    if (toCome.putIfAbsent(name, true) != null) {
      return;
    }
    try {
      Future<?> _ =
          timer.schedule(
              () -> {
                toCome.remove(name);
                begin(name);
              },
              pause.toNanos(),
              TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      toCome.remove(name);
    }
  }

  private void begin(ContainerName name) {
    if (!inHand.add(name.toString())) {
      after(name, SOON);
      return;
    }
    try {
      threads.execute(() -> look(name));
    } catch (RejectedExecutionException closed) {
      inHand.remove(name.toString());
    }
  }

  private void look(ContainerName name) {
    try {
      places.acquire();
    } catch (InterruptedException closed) {
      inHand.remove(name.toString());
      return;
    }
    AtomicBoolean hasPlace = new AtomicBoolean(true);
    Runnable giveBack =
        () -> {
          if (hasPlace.getAndSet(false)) {
            places.release();
          }
        };
    Optional<Duration> again = Optional.empty();
    try {
      Future<?> late = timer.schedule(giveBack, LONG.toNanos(), TimeUnit.NANOSECONDS);
      again = attend(name);
      late.cancel(false);
    } catch (RejectedExecutionException closed) {
      LOG.debug("not looking at {}: closed", name);
    } finally {
      giveBack.run();
      inHand.remove(name.toString());
    }
    again.ifPresent(pause -> after(name, pause));
  }

  /** Whatever is wrong with one container must not end the care for others. */
  private Optional<Duration> attend(ContainerName name) {
    try {
      return caretaker.attend(name);
    } catch (UnavailableException e) {
      if (System.nanoTime() - begun < SETTLING.toNanos()) {
        LOG.debug("{} cannot be looked at yet", name, e);
        return Optional.of(SOON);
      }
      LOG.error("keep {} as its labels want: trying again with the next round", name, e);
    } catch (IOException | GantryException e) {
      LOG.error("keep {} as its labels want: trying again with the next round", name, e);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
    return Optional.empty();
  }

  /** Begins no more looks and waits for those under way; false if some are left. */
  boolean finish(Duration time) throws InterruptedException {
    threads.shutdown();
    return threads.awaitTermination(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Interrupts what is left. */
  @Override
  public void close() {
    threads.shutdownNow();
  }
}
