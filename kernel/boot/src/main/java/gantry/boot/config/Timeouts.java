// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.time.Duration;
import java.util.Map;

/**
 * The time limits in force now. Who goes by one asks each time, so that a changed one counts from
 * the next wait on. Safe for concurrent use.
 */
public final class Timeouts {
  private static final Duration PLUGIN_DEFAULT = Duration.ofSeconds(10);
  private static final Duration CALL_DEFAULT = Duration.ofMinutes(2);

  /** Read at each call of a plugin, so not looked up by name. */
  private volatile Limits limits;

  /** The limits of a configuration. */
  public Timeouts(Map<String, Duration> timeouts) {
    limits = Limits.of(timeouts);
  }

  /** Puts others in force. */
  public void set(Map<String, Duration> timeouts) {
    limits = Limits.of(timeouts);
  }

  /** How long a call waits for a plugin that is being replaced, and a swap for calls in flight. */
  public Duration plugin() {
    return limits.plugin();
  }

  /** How long a call may be in a plugin if its caller says nothing else. */
  public Duration call() {
    return limits.call();
  }

  private record Limits(Duration plugin, Duration call) {
    static Limits of(Map<String, Duration> timeouts) {
      return new Limits(
          timeouts.getOrDefault(Defaults.TIMEOUT_PLUGIN, PLUGIN_DEFAULT),
          timeouts.getOrDefault(Defaults.TIMEOUT_CALL, CALL_DEFAULT));
    }
  }
}
