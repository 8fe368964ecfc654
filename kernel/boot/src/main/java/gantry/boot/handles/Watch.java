// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Interrupts calls that outlast their deadline, in one thread for all plugins. It sleeps until the
 * earliest deadline that was announced: where nothing is late it wakes about once per deadline, and
 * where nobody calls never.
 *
 * <p>Where the call is itself in a call to another plugin, in the same thread, it is that one which
 * is interrupted and said to hang: the plugin in between only waits, and gets a moment to end.
 */
final class Watch implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE;

  /** What a call has left to come back with after the one it waited for was interrupted. */
  private static final long GRACE = TimeUnit.SECONDS.toNanos(5);

  private final long origin = System.nanoTime();
  private final AtomicLong wakeAt = new AtomicLong(NEVER);
  private final Set<Provider<?>> providers = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean closed;

  /** Begins to watch nothing. */
  Watch() {
    thread = Thread.ofPlatform().daemon().name("gantry-deadlines").start(this::watch);
  }

  /** Nanoseconds since this was made. */
  long now() {
    return System.nanoTime() - origin;
  }

  void add(Provider<?> provider) {
    providers.add(provider);
  }

  void remove(Provider<?> provider) {
    providers.remove(provider);
  }

  /** How many calls are in a provider itself, not through it in another. */
  int own(Provider<?> provider) {
    return (int)
        innermost().values().stream().filter(flight -> flight.provider.equals(provider)).count();
  }

  /** Looks at calls at that time or before; to be said when the call can be seen. */
  void expect(long deadline) {
    if (deadline < wakeAt.get()) {
      wakeAt.accumulateAndGet(deadline, Math::min);
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }

  private void watch() {
    while (!closed) {
      long wake = wakeAt.get();
      long now = now();
      if (wake == NEVER) {
        LockSupport.park(this);
      } else if (wake > now) {
        LockSupport.parkNanos(this, wake - now);
      } else {
        // Before looking: a call that is not seen below is announced after this.
        wakeAt.set(NEVER);
        long next = look(now);
        wakeAt.accumulateAndGet(next, Math::min);
      }
    }
  }

  /** Interrupts what is late; when the next will be. */
  private long look(long now) {
    Next next = new Next(now);
    providers.forEach(provider -> provider.flights().forEachInTime(next));
    if (!next.late) {
      return next.at;
    }
    Map<Thread, Flight<?>> innermost = innermost();
    providers.forEach(
        provider ->
            provider.flights().forEachInTime(flight -> interruptIfLate(flight, innermost, now)));
    return Math.min(next.at, now + GRACE);
  }

  private static void interruptIfLate(
      Flight<?> flight, Map<Thread, Flight<?>> innermost, long now) {
    if (flight.due > now) {
      return;
    }
    Flight<?> inner = innermost.getOrDefault(flight.thread, flight);
    inner.provider.interrupt(inner, now);
    flight.due = now + GRACE;
  }

  /** The last call that each thread is in. */
  private Map<Thread, Flight<?>> innermost() {
    Map<Thread, Flight<?>> calls = new HashMap<>();
    providers.forEach(
        provider ->
            provider
                .flights()
                .forEach(
                    (flight, _) ->
                        calls.merge(
                            flight.thread,
                            flight,
                            (one, other) -> other.start > one.start ? other : one)));
    return calls;
  }

  /** When to look again, of calls seen one by one. */
  private static final class Next implements Consumer<Flight<?>> {
    private final long now;
    private boolean late;
    private long at = NEVER;

    Next(long now) {
      this.now = now;
    }

    @Override
    public void accept(Flight<?> flight) {
      if (flight.due <= now) {
        late = true;
      } else {
        at = Math.min(at, flight.due);
      }
    }
  }
}
