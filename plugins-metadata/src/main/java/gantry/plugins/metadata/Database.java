// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import gantry.events.Event;
import gantry.events.EventBus;
import gantry.metadata.Metadata.Changes;
import gantry.names.Namespace;
import gantry.store.Durability;
import gantry.store.Hold;
import gantry.store.Store;
import gantry.store.Work;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The store, the clock, and where events go: what every table needs. Safe for concurrent use. */
final class Database implements AutoCloseable {
  private static final String COUNT = "UPDATE counter SET value = value + 1 WHERE name = 'changes'";

  private final Store store;
  private final Durability outcomes;
  private final Clock clock;
  private final EventBus events;
  private volatile Runnable onChange = () -> {};
  private final AtomicLong mutations = new AtomicLong();
  private final AtomicLong deletions = new AtomicLong();

  /**
   * Opens the file.
   *
   * @param outcomes when a write of an outcome returns
   */
  Database(Path file, Durability outcomes, Clock clock, EventBus events) {
    this.store = Store.open(file, Tables.SCHEMA);
    this.outcomes = outcomes;
    this.clock = clock;
    this.events = events;
  }

  /** Has something run after each change; it must return at once. */
  void onChange(Runnable listener) {
    onChange = listener;
  }

  Instant now() {
    return clock.instant();
  }

  <T extends @Nullable Object> T read(Work<T> work) {
    return store.read(work);
  }

  /** Writes what has been done, or all of what there is to do. */
  <T extends @Nullable Object> T write(Work<T> work) {
    return write(outcomes, work);
  }

  /** Writes what is about to be done in a raw store; a loss of power may undo it. */
  <T extends @Nullable Object> T note(Work<T> work) {
    return write(Durability.VISIBLE, work);
  }

  /** Writes what is no change to anything that a caller knows of. */
  <T extends @Nullable Object> T log(Work<T> work) {
    return store.write(Durability.VISIBLE, work);
  }

  private <T extends @Nullable Object> T write(Durability durability, Work<T> work) {
    T result =
        store.write(
            durability,
            tx -> {
              T made = work.in(tx);
              tx.run(COUNT);
              return made;
            });
    mutations.incrementAndGet();
    onChange.run();
    return result;
  }

  /** Counts an object that a caller deleted. */
  void countDeletion() {
    deletions.incrementAndGet();
  }

  Changes changes() {
    return new Changes(mutations.get(), deletions.get());
  }

  /** Call it after the transaction the event tells of. */
  void publish(Namespace namespace, Event event) {
    events.publish(namespace, event);
  }

  /** Keeps the file open for work that must come to its end also if the plugin is stopped. */
  Hold hold() {
    return store.hold();
  }

  boolean isInTransaction() {
    return store.isInTransaction();
  }

  @Override
  public void close() {
    store.close();
  }
}
