// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Flock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a supervisor ends. One with a daemon of its own ends when told to. One that was
 * started as a shim is told so after every single task: it ends when it has had no task for a
 * while. Whoever is about to use it touches and locks a file, so that the two cannot miss each
 * other: either the one who starts a task is seen here, or this one has ended before its socket is
 * looked for. Safe for concurrent use.
 */
final class Ending {
  private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

  /** Property: how long a shim stays without tasks. */
  private static final String GRACE = "gantry.supervisor.grace";

  private final @Nullable Path starts;
  private final BooleanSupplier idle;
  private final Duration grace;
  private final CountDownLatch told = new CountDownLatch(1);
  private volatile long lastUse = System.nanoTime();
  private Optional<FileTime> touched = Optional.empty();

  /** Held to the end: the next may only be started when this process is gone. */
  private @Nullable Flock last;

  /**
   * Makes one.
   *
   * @param starts what is touched and locked by those who start tasks; null for a supervisor that
   *     ends when told to
   * @param idle whether there is no task
   */
  Ending(@Nullable Path starts, BooleanSupplier idle) {
    this(starts, idle, Duration.parse(System.getProperty(GRACE, "PT10S")));
  }

  Ending(@Nullable Path starts, BooleanSupplier idle, Duration grace) {
    this.starts = starts;
    this.idle = idle;
    this.grace = grace;
  }

  /** Somebody has called. */
  void used() {
    lastUse = System.nanoTime();
  }

  /** Somebody wants it to end. */
  void told() {
    if (starts == null && idle.getAsBoolean()) {
      told.countDown();
    }
  }

  /** It is to make room for another version, whatever tasks there are; not heeded as a shim. */
  void makeRoom() {
    told.countDown();
  }

  /**
   * Waits until it is to end.
   *
   * @param connected whether somebody is, who may be about to make a task
   */
  void await(BooleanSupplier connected) throws InterruptedException {
    if (starts == null) {
      told.await();
      return;
    }
    do {
      long left = grace.toNanos() - (System.nanoTime() - lastUse);
      // again and again, for a task's end is not a use
      told.await(Math.max(left, grace.toNanos() / 4), TimeUnit.NANOSECONDS);
    } while (!isOver(starts, connected));
  }

  /** Lets the next be started. */
  void release() {
    Flock held = last;
    if (held != null) {
      held.close();
    }
  }

  private boolean isOver(Path file, BooleanSupplier connected) {
    if (isInUse(file, connected)) {
      return false;
    }
    try {
      Optional<Flock> lock = Flock.tryLock(file);
      if (lock.isEmpty()) {
        return false;
      }
      if (isInUse(file, connected)) {
        lock.get().close();
        return false;
      }
      last = lock.get();
      LOG.info("no task for {}", grace);
      return true;
    } catch (IOException e) {
      LOG.warn("whether a task is about to be started is unknown, staying", e);
      return false;
    }
  }

  private boolean isInUse(Path file, BooleanSupplier connected) {
    Optional<FileTime> now = modified(file);
    if (!now.equals(touched)) {
      touched = now;
      used();
    }
    if (!idle.getAsBoolean() || connected.getAsBoolean()) {
      used();
    }
    return System.nanoTime() - lastUse < grace.toNanos();
  }

  private static Optional<FileTime> modified(Path file) {
    try {
      return Optional.of(Files.getLastModifiedTime(file));
    } catch (IOException e) {
      LOG.debug("{} is not there", file);
      return Optional.empty();
    }
  }
}
