// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.CanceledException;
import gantry.errors.UnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Whether a shim answers. From the first call that had no answer in time, until the shim answers
 * again, others are not let near it: questions are refused at once, and of commands only a few wait
 * for a moment. So a frozen shim holds no thread but theirs and the one that waits for it to
 * answer. Safe for concurrent use.
 */
final class Silence {
  private static final int WAITING_MAX = 8;

  private final String shim;
  private final Duration patience;
  private final Semaphore waiting = new Semaphore(WAITING_MAX);
  private final AtomicReference<@Nullable Period> period = new AtomicReference<>();

  private record Period(Instant since, CompletableFuture<Boolean> end) {}

  /**
   * It answers.
   *
   * @param shim its name in messages
   * @param patience how long a command waits for it to answer again
   */
  Silence(String shim, Duration patience) {
    this.shim = shim;
    this.patience = patience;
  }

  /**
   * A call had no answer in time.
   *
   * @param probe returns when the shim answers, or never will
   */
  void begin(Runnable probe) {
    Period now = new Period(Instant.now(), new CompletableFuture<>());
    if (period.compareAndSet(null, now)) {
      Thread.ofVirtual()
          .name("shim-silence")
          .start(
              () -> {
                try {
                  probe.run();
                } finally {
                  period.set(null);
                  now.end().complete(true);
                }
              });
    }
  }

  /**
   * Asks for admission of a question.
   *
   * @throws UnavailableException while there is silence
   */
  void requireNone() {
    Period now = period.get();
    if (now != null) {
      throw refusal(now);
    }
  }

  /**
   * Asks for admission of a command.
   *
   * @throws UnavailableException if the silence lasts
   */
  void awaitNone() {
    Period now = period.get();
    if (now == null) {
      return;
    }
    if (!waiting.tryAcquire()) {
      throw refusal(now);
    }
    try {
      now.end().get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw refusal(now);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("call %s: interrupted".formatted(shim), e);
    } finally {
      waiting.release();
    }
  }

  private UnavailableException refusal(Period now) {
    return new UnavailableException(
        "%s has not answered since %s"
            .formatted(shim, now.since().truncatedTo(ChronoUnit.SECONDS)));
  }
}
