// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.config.Timeouts;
import gantry.errors.CanceledException;
import gantry.errors.UnavailableException;
import gantry.plugins.Handle;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The handle of one contract of one plugin. A call costs two atomic additions. */
final class PluginHandle<T> implements Handle<T> {
  private final String contract;
  private final String plugin;
  private final Timeouts timeouts;
  private final UnaryOperator<String> whyMissing;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private volatile @Nullable Provider<T> current;
  private boolean paused;
  private volatile boolean closed;

  /**
   * Makes a handle without a provider.
   *
   * @param timeouts how long a call waits for a provider
   * @param whyMissing says of a plugin why it does not serve
   */
  PluginHandle(
      String contract, String plugin, Timeouts timeouts, UnaryOperator<String> whyMissing) {
    this.contract = contract;
    this.plugin = plugin;
    this.timeouts = timeouts;
    this.whyMissing = whyMissing;
  }

  @Override
  public Handle<T> within(Duration deadline) {
    return this;
  }

  @Override
  public String plugin() {
    return plugin;
  }

  @Override
  public <R, E extends Exception> R call(Call<? super T, ? extends R, E> call) throws E {
    Provider<T> provider = enter();
    try {
      return call.on(provider.service());
    } finally {
      provider.leave();
    }
  }

  @Override
  public <E extends Exception> void run(Action<? super T, E> action) throws E {
    Provider<T> provider = enter();
    try {
      action.on(provider.service());
    } finally {
      provider.leave();
    }
  }

  /** The hold is on the object alone: it keeps no swap waiting. */
  @Override
  public Lease<T> lease() {
    Provider<T> provider = enter();
    provider.leave();
    T service = provider.service();
    return new Lease<>() {
      @Override
      public T get() {
        return service;
      }

      @Override
      public void close() {}
    };
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

  private Provider<T> enter() {
    Provider<T> provider = current;
    if (provider != null && provider.enter()) {
      return provider;
    }
    long since = System.nanoTime();
    while (true) {
      Provider<T> next = await(since);
      if (next == null) {
        throw new UnavailableException(
            "call %s of plugin %s: %s".formatted(contract, plugin, whyMissing.apply(plugin)));
      }
      // A provider that refuses is about to be taken out of the handle.
      if (next.enter()) {
        return next;
      }
      Thread.onSpinWait();
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
