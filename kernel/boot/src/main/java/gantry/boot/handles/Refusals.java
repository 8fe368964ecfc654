// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.boot.handles.Provider.Entry;
import gantry.errors.DeadlineExceededException;
import gantry.errors.UnavailableException;
import java.time.Duration;

/** Tells callers what is wrong with a plugin that is there and does not answer. */
final class Refusals {
  private static final String ADVICE =
      "replace it by \"gantry plugins swap\", see \"gantry plugins why\"";

  private final String contract;
  private final String plugin;

  Refusals(String contract, String plugin) {
    this.contract = contract;
    this.plugin = plugin;
  }

  /** For a call that was interrupted. */
  DeadlineExceededException late(Flight<?> flight, long now, Exception cause) {
    return new DeadlineExceededException(
        "call %s of plugin %s: interrupted after %s, it may take %s; %s; %s"
            .formatted(
                contract,
                plugin,
                Crowd.seconds(Duration.ofNanos(now - flight.start)),
                Crowd.seconds(Duration.ofNanos(flight.deadline - flight.start)),
                Crowd.of(flight.provider.flights(), now).words(),
                ADVICE),
        cause);
  }

  /** For a call that was not let in. */
  UnavailableException refused(Provider<?> provider, Entry why, long now) {
    String words = Crowd.of(provider.flights(), now).words();
    String reason =
        why == Entry.BROKEN
            ? "it does not answer: the last %d calls outlasted their deadline and %s"
                .formatted(provider.breaker().late(), words)
            : "it takes no more calls: " + words;
    return new UnavailableException(
        "call %s of plugin %s: %s; %s".formatted(contract, plugin, reason, ADVICE));
  }

  /** For a call that could not even wait. */
  UnavailableException crowded(int waiting) {
    return new UnavailableException(
        "call %s of plugin %s: it is not there, and %d calls wait for it already; try again later"
            .formatted(contract, plugin, waiting));
  }
}
