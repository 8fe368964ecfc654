// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.plugins.ChangeStep;
import gantry.plugins.PluginChange;
import gantry.wire.PluginChangeWire;
import io.gantry.admin.v1.ChangeResponse;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change of plugins that a client watches. It is made in a thread of its own: a client that reads
 * slowly holds nothing up, and when it leaves the change goes on to its end.
 */
final class ChangeReport {
  private static final Logger log = LoggerFactory.getLogger(ChangeReport.class);

  /** More than a change has steps. */
  private static final int STEPS_MAX = 64;

  /** Who waits for a step is woken this often, for nothing but to wait again. */
  private static final Duration PULSE = Duration.ofMinutes(1);

  private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(STEPS_MAX + 1);

  private record Item(
      @Nullable ChangeResponse answer, boolean isLast, @Nullable GantryException failure) {}

  /** What is watched. */
  @FunctionalInterface
  interface Change {
    PluginChange make(Consumer<ChangeStep> steps);
  }

  private ChangeReport() {}

  /** Makes a change; returns or throws what it does, or earlier if the client leaves. */
  static void to(Sink<ChangeResponse> answers, Change change) throws InterruptedException {
    ChangeReport report = new ChangeReport();
    answers.interruptWhenOver();
    Thread.ofVirtual().name("change-plugins").start(() -> report.make(change));
    answers.open();
    report.sendAll(answers);
  }

  private void make(Change change) {
    Item end;
    try {
      end = new Item(PluginChangeWire.answer(change.make(this::tell)), true, null);
    } catch (GantryException refused) {
      end = new Item(null, true, refused);
    } catch (RuntimeException | Error unexpected) { // the client must not wait for ever
      log.warn("change of plugins failed", unexpected);
      end =
          new Item(null, true, new InternalException("change plugins: " + unexpected, unexpected));
    }
    items.add(end);
  }

  private void tell(ChangeStep step) {
    if (items.remainingCapacity() > 1) {
      items.add(new Item(PluginChangeWire.answer(step), false, null));
    }
  }

  private void sendAll(Sink<ChangeResponse> answers) throws InterruptedException {
    boolean isOver = false;
    while (!isOver) {
      Item item = items.poll(PULSE.toMillis(), TimeUnit.MILLISECONDS);
      if (item != null) {
        isOver = item.isLast();
        if (item.failure() != null) {
          throw item.failure();
        }
        if (item.answer() != null) {
          answers.send(item.answer());
        }
      }
    }
  }
}
