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
 * is interrupted and said to hang: the plugin in between only waits.
 */
final class Watch implements AutoCloseable {
  private static final long NEVER = Long.MAX_VALUE;

  /** When to look again after a call that cannot be helped by now. */
  private static final long AGAIN = TimeUnit.SECONDS.toNanos(1);

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
    if (next.late) {
      innermost().values().stream()
          .filter(call -> call.deadline <= now)
          .forEach(call -> call.flight.provider.interrupt(call.flight, now));
    }
    return next.at;
  }

  /** The last call that each thread is in, with the earliest deadline of those it is in. */
  private Map<Thread, Call> innermost() {
    Map<Thread, Call> calls = new HashMap<>();
    for (Provider<?> provider : providers) {
      provider
          .flights()
          .forEach(
              (flight, interrupted) ->
                  calls.merge(
                      flight.thread,
                      new Call(flight, interrupted ? NEVER : flight.deadline),
                      Call::inner));
    }
    return calls;
  }

  private record Call(Flight<?> flight, long deadline) {
    Call inner(Call other) {
      Flight<?> inner = other.flight.start >= flight.start ? other.flight : flight;
      return new Call(inner, Math.min(deadline, other.deadline));
    }
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
      late |= flight.deadline <= now;
      at = Math.min(at, flight.deadline <= now ? now + AGAIN : flight.deadline);
    }
  }
}
