// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls in one version of a plugin, as many as may be there at a time. A place holds a {@link
 * Flight}, or a {@link Flight.Late} once the call is claimed to be interrupted: it is taken and
 * given back by one compare-and-set each, and a call whose place was claimed waits for its
 * interrupt. Safe for concurrent use.
 */
final class Flights {
  /** How many calls may be in a plugin. */
  static final int MAX = 1024;

  /** How many may be in it that does not get on with any. */
  static final int STALLED_MAX = 128;

  private static final int SPREAD = 0x9E3779B9;

  private final AtomicReferenceArray<@Nullable Object> places = new AtomicReferenceArray<>(MAX);

  /** Takes a place among the first ones; false if there is none. */
  boolean enter(Flight<?> flight) {
    int first = ((int) flight.thread.threadId() * SPREAD) >>> (Integer.SIZE - 7);
    for (int i = 0; i < STALLED_MAX; i++) {
      if (take((first + i) & (STALLED_MAX - 1), flight)) {
        return true;
      }
    }
    return false;
  }

  /** Takes a place among the others; false if there is none. */
  boolean enterCrowd(Flight<?> flight) {
    for (int i = STALLED_MAX; i < MAX; i++) {
      if (take(i, flight)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives the place back.
   *
   * @return whether the call was interrupted for its deadline; it has been by then
   */
  boolean leave(Flight<?> flight) {
    if (places.compareAndSet(flight.place, flight, null)) {
      return false;
    }
    flight.awaitInterrupt();
    places.set(flight.place, null);
    return true;
  }

  /**
   * Interrupts a call, unless it has just left or was interrupted before.
   *
   * @return whether it was
   */
  boolean interrupt(Flight<?> flight) {
    if (!places.compareAndSet(flight.place, flight, new Flight.Late(flight))) {
      return false;
    }
    flight.interrupt();
    return true;
  }

  boolean isEmpty() {
    for (int i = 0; i < MAX; i++) {
      if (places.get(i) != null) {
        return false;
      }
    }
    return true;
  }

  /** Shows all calls, and whether each was interrupted. */
  void forEach(BiConsumer<Flight<?>, Boolean> look) {
    for (int i = 0; i < MAX; i++) {
      switch (places.get(i)) {
        case Flight<?> flight -> look.accept(flight, false);
        case Flight.Late late -> look.accept(late.flight(), true);
        case null, default -> {}
      }
    }
  }

  /** Shows the calls that nobody interrupted yet. */
  void forEachInTime(Consumer<Flight<?>> look) {
    for (int i = 0; i < MAX; i++) {
      if (places.get(i) instanceof Flight<?> flight) {
        look.accept(flight);
      }
    }
  }

  private boolean take(int place, Flight<?> flight) {
    if (places.get(place) != null) {
      return false;
    }
    flight.place = place;
    return places.compareAndSet(place, null, flight);
  }
}
