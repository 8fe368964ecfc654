// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Versions of a plugin that follow one another under their callers, the way the kernel does it: the
 * next is opened beside the one that serves, new calls go to it, and the one before is closed when
 * the calls in it have ended. Safe for concurrent use.
 */
public final class Succession<T> {
  private static final int CALLS_MAX = 1 << 16;
  private static final int DRAIN_SECONDS = 60;

  private final AtomicReference<Version<T>> current;

  private record Version<T>(T provider, Semaphore calls) {
    static <T> Version<T> of(T provider) {
      return new Version<>(provider, new Semaphore(CALLS_MAX));
    }
  }

  /** Closes a version. */
  @FunctionalInterface
  public interface Close<T> {
    /** Does it. */
    void version(T provider) throws Exception;
  }

  /** The first version serves. */
  public Succession(T first) {
    current = new AtomicReference<>(Version.of(first));
  }

  /** The version that serves now. */
  public T current() {
    return current.get().provider();
  }

  /** The contract, each call of which is one in the version that serves then. */
  public T proxy(Class<T> contract) {
    return proxy(contract, version -> version);
  }

  /** As {@link #proxy(Class)}, for what each version has of something. */
  public <P> P proxy(Class<P> contract, Function<? super T, ? extends P> part) {
    InvocationHandler calls = (proxy, method, arguments) -> call(part, method, arguments);
    return contract.cast(
        Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, calls));
  }

  private @Nullable Object call(
      Function<? super T, ?> part, Method method, Object @Nullable [] arguments) throws Throwable {
    Version<T> version = enter();
    try {
      return method.invoke(part.apply(version.provider()), arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      version.calls().release();
    }
  }

  private Version<T> enter() {
    while (true) {
      Version<T> version = current.get();
      if (version.calls().tryAcquire()) {
        if (version.equals(current.get())) {
          return version;
        }
        version.calls().release();
      }
      Thread.onSpinWait();
    }
  }

  /**
   * The next version serves from now on; returns when the one before is closed.
   *
   * @throws TimeoutException if the calls in it do not end within a minute
   */
  public void replace(T next, Close<? super T> close) throws Exception {
    Version<T> before = current.getAndSet(Version.of(next));
    if (!before.calls().tryAcquire(CALLS_MAX, DRAIN_SECONDS, TimeUnit.SECONDS)) {
      throw new TimeoutException("calls do not end in " + before.provider());
    }
    close.version(before.provider());
  }
}
