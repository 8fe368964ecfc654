// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.boot.handles.Provider.Entry;
import gantry.errors.CanceledException;
import gantry.errors.UnavailableException;
import gantry.plugins.Handle;
import gantry.plugins.HandleStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one contract of one plugin. A call takes a place among those in the provider of now
 * and gives it back, without a lock; only where there is no provider it waits.
 */
final class PluginHandle<T> implements Handle<T> {
  /** How many calls may wait for a provider. */
  static final int WAITING_MAX = 4096;

  private final String contract;
  private final String plugin;
  private final Timeouts timeouts;
  private final UnaryOperator<String> whyMissing;
  private final Watch watch;
  private final Counts counts = new Counts();
  private final Refusals refusals;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private volatile @Nullable Provider<T> current;
  private boolean paused;
  private volatile boolean closed;

  /**
   * Makes a handle without a provider.
   *
   * @param timeouts how long a call waits for a provider, and may be in it
   * @param whyMissing says of a plugin why it does not serve
   */
  PluginHandle(
      String contract,
      String plugin,
      Timeouts timeouts,
      UnaryOperator<String> whyMissing,
      Watch watch) {
    this.contract = contract;
    this.plugin = plugin;
    this.timeouts = timeouts;
    this.whyMissing = whyMissing;
    this.watch = watch;
    this.refusals = new Refusals(contract, plugin);
  }

  @Override
  public Handle<T> within(Duration deadline) {
    return new TimedHandle<>(this, deadline);
  }

  @Override
  public String plugin() {
    return plugin;
  }

  @Override
  public <R, E extends Exception> R call(Call<? super T, ? extends R, E> call) throws E {
    return call(call, timeouts.call().toNanos());
  }

  @Override
  public <E extends Exception> void run(Action<? super T, E> action) throws E {
    run(action, timeouts.call().toNanos());
  }

  /** The hold is on the object alone: it keeps no swap waiting. */
  @Override
  public Lease<T> lease() {
    Provider<T> provider = current;
    return new ObjectLease<>(
        provider != null ? provider.service() : awaitCall(System.nanoTime()).service());
  }

  /** Calls with a deadline in nanoseconds. */
  <R, E extends Exception> R call(Call<? super T, ? extends R, E> call, long deadline) throws E {
    Flight<T> flight = enter(deadline);
    boolean left = false;
    try {
      return call.on(flight.provider.service());
    } catch (Exception e) {
      left = true;
      if (flight.provider.leave(flight)) {
        throw refusals.late(flight, watch.now(), e);
      }
      throw e;
    } finally {
      if (!left) {
        flight.provider.leave(flight);
      }
    }
  }

  /** Calls with a deadline in nanoseconds. */
  <E extends Exception> void run(Action<? super T, E> action, long deadline) throws E {
    this.<Boolean, E>call(
        provider -> {
          action.on(provider);
          return true;
        },
        deadline);
  }

  /** A version that has no calls yet. */
  Provider<T> provider(T service, long bundle, boolean held) {
    return provider(service, bundle, held, Breaker.RETRY);
  }

  /** One that gets a call to see after that time where it hangs. */
  Provider<T> provider(T service, long bundle, boolean held, Duration retry) {
    return new Provider<>(service, bundle, held, watch, counts, retry);
  }

  /**
   * Sends new calls to this provider; to nobody if null, they then wait.
   *
   * @param paused whether one will come for certain, so that they may wait as long as they can
   */
  void switchTo(@Nullable Provider<T> provider, boolean paused) {
    lock.lock();
    try {
      current = provider;
      this.paused = paused;
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a provider; false if none came while a call would wait. */
  boolean awaitProvider() {
    return await(System.nanoTime()) != null;
  }

  /** No provider will come any more: whoever waits is told at once. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * How calls go.
   *
   * @param providers all versions that calls may be in
   */
  HandleStatus status(Collection<Provider<T>> providers) {
    long now = watch.now();
    long inFlight = 0;
    long oldest = 0;
    for (Provider<T> provider : providers) {
      Crowd crowd = Crowd.of(provider.flights(), now);
      inFlight += crowd.calls();
      oldest = Math.max(oldest, crowd.oldest().toNanos());
    }
    Provider<T> provider = current;
    return new HandleStatus(
        plugin,
        contract,
        inFlight,
        Flights.MAX,
        counts.endedSum(),
        counts.refusedSum(),
        counts.lateSum(),
        provider != null && provider.breaker().isOpen(),
        counts.longestWait(),
        Duration.ofNanos(oldest));
  }

  private Flight<T> enter(long deadline) {
    Provider<T> provider = current;
    if (provider != null) {
      Flight<T> flight = enter(provider, deadline);
      if (flight != null) {
        return flight;
      }
    }
    long since = System.nanoTime();
    while (true) {
      Flight<T> flight = enter(awaitCall(since), deadline);
      if (flight != null) {
        counts.waited(System.nanoTime() - since);
        return flight;
      }
      // A provider that is retired is about to be taken out of the handle.
      Thread.onSpinWait();
    }
  }

  /** Null if this version takes no calls any more. */
  private @Nullable Flight<T> enter(Provider<T> provider, long deadline) {
    long now = watch.now();
    Flight<T> flight = new Flight<>(provider, now, now + deadline);
    Entry entry = provider.enter(flight);
    return switch (entry) {
      case IN -> flight;
      case RETIRED -> null;
      case FULL, BROKEN -> {
        counts.refused();
        throw refusals.refused(provider, entry, now);
      }
    };
  }

  private Provider<T> awaitCall(long since) {
    if (waiting.incrementAndGet() > WAITING_MAX) {
      waiting.decrementAndGet();
      counts.refused();
      throw refusals.crowded(WAITING_MAX);
    }
    try {
      Provider<T> provider = await(since);
      if (provider == null) {
        throw new UnavailableException(
            "call %s of plugin %s: %s".formatted(contract, plugin, whyMissing.apply(plugin)));
      }
      return provider;
    } finally {
      waiting.decrementAndGet();
    }
  }

  private @Nullable Provider<T> await(long since) {
    lock.lock();
    try {
      long left = left(since);
      while (current == null && !closed && left > 0) {
        arrival.awaitNanos(left);
        left = left(since);
      }
      return current;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException(
          "call %s of plugin %s: interrupted".formatted(contract, plugin), e);
    } finally {
      lock.unlock();
    }
  }

  private long left(long since) {
    return since + (paused ? timeouts.call() : timeouts.plugin()).toNanos() - System.nanoTime();
  }
}
