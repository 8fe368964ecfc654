// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.errors.CanceledException;
import gantry.errors.GantryException;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginChange;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Brings news of a change from the thread that makes it to the one that asked for it. Who asked may
 * leave; the change goes on.
 */
final class Relay {
  /** How long to wait, once a change has come about, for what it leaves behind to be cleared. */
  private static final Duration CLEARING_MAX = Duration.ofSeconds(5);

  /** Far more than there are steps. */
  private static final int NEWS_MAX = 64;

  private final BlockingQueue<News> news = new LinkedBlockingQueue<>(NEWS_MAX);

  private sealed interface News {
    record Step(ChangeStep step) implements News {}

    record Settled(PluginChange change) implements News {}

    record Failed(GantryException failure) implements News {}

    record Over() implements News {}
  }

  void step(ChangeStep step) {
    news.add(new News.Step(step));
  }

  /** It has come about. */
  void settled(PluginChange change) {
    news.add(new News.Settled(change));
  }

  void failed(GantryException failure) {
    news.add(new News.Failed(failure));
  }

  /** Nothing more will be done. */
  void over() {
    news.add(new News.Over());
  }

  /**
   * Tells of steps until the change is over, or has come about and only waits for old calls.
   *
   * @throws GantryException why it did not come about
   */
  PluginChange await(String what, Consumer<ChangeStep> steps) {
    PluginChange change = null;
    long end = 0;
    while (true) {
      News next;
      try {
        next =
            change == null ? news.take() : news.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CanceledException(
            what + ": nobody waits for it any more; it goes on, the history will tell", e);
      }
      if (next instanceof News.Step told) {
        steps.accept(told.step());
      } else if (next instanceof News.Settled settled) {
        change = settled.change();
        end = System.nanoTime() + CLEARING_MAX.toNanos();
      } else if (next instanceof News.Failed failed) {
        throw failed.failure();
      } else if (change != null) {
        return change;
      } else {
        throw new IllegalStateException(what + ": ended without an outcome");
      }
    }
  }
}
