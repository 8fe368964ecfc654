// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import gantry.plugins.Handle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A handle on one object for ever: what a component gets from a test instead of from the kernel. It
 * counts the leases that are open, so that a test can see one forgotten. Safe for concurrent use.
 */
public final class FixedHandle<T> implements Handle<T> {
  private final String plugin;
  private final T provider;
  private final AtomicInteger leases = new AtomicInteger();

  private FixedHandle(String plugin, T provider) {
    this.plugin = plugin;
    this.provider = provider;
  }

  /** A handle on a provider under a plugin's URI. */
  public static <T> FixedHandle<T> of(String plugin, T provider) {
    return new FixedHandle<>(plugin, provider);
  }

  /** A handle for tests that do not care which plugin it is. */
  public static <T> FixedHandle<T> of(T provider) {
    return of("io.containerd.test.v1.fixed", provider);
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
    return call.on(provider);
  }

  @Override
  public <E extends Exception> void run(Action<? super T, E> action) throws E {
    action.on(provider);
  }

  @Override
  public Lease<T> lease() {
    leases.incrementAndGet();
    return new Counted();
  }

  /** How many leases are not closed. */
  public int openLeases() {
    return leases.get();
  }

  private final class Counted implements Lease<T> {
    private final AtomicInteger left = new AtomicInteger(1);

    @Override
    public T get() {
      if (left.get() == 0) {
        throw new IllegalStateException("use lease of " + plugin + ": it is closed");
      }
      return provider;
    }

    @Override
    public void close() {
      if (left.getAndSet(0) == 1) {
        leases.decrementAndGet();
      }
    }
  }
}
