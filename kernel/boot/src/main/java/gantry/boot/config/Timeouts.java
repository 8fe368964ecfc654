// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import gantry.plugins.TimeLimits;
import java.time.Duration;
import java.util.Map;

/**
 * The time limits in force now. Who goes by one asks each time, so that a changed one counts from
 * the next wait on. Safe for concurrent use.
 */
public final class Timeouts implements TimeLimits {
  private static final Duration PLUGIN_DEFAULT = Duration.ofSeconds(10);
  private static final Duration CALL_DEFAULT = Duration.ofMinutes(2);
  private static final Duration ACTIVATION_DEFAULT = Duration.ofSeconds(10);
  private static final Duration DRAIN_DEFAULT = Duration.ofMinutes(1);

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

  @Override
  public Duration of(String key, Duration standard) {
    Duration configured = limits.all().getOrDefault(key, standard);
    return configured.isPositive() ? configured : standard;
  }

  /** How long a call waits for a plugin that is being replaced, and a swap for calls in flight. */
  public Duration plugin() {
    return limits.plugin();
  }

  /** How long a call may be in a plugin if its caller says nothing else. */
  public Duration call() {
    return limits.call();
  }

  /** How long the plugins of a bundle may take to start, and to stop. */
  public Duration activation() {
    return limits.activation();
  }

  /** How long a version that was replaced is kept for the calls that are still in it. */
  public Duration drain() {
    return limits.drain();
  }

  private record Limits(
      Duration plugin,
      Duration call,
      Duration activation,
      Duration drain,
      Map<String, Duration> all) {
    static Limits of(Map<String, Duration> timeouts) {
      return new Limits(
          timeouts.getOrDefault(Defaults.TIMEOUT_PLUGIN, PLUGIN_DEFAULT),
          timeouts.getOrDefault(Defaults.TIMEOUT_CALL, CALL_DEFAULT),
          timeouts.getOrDefault(Defaults.TIMEOUT_ACTIVATION, ACTIVATION_DEFAULT),
          timeouts.getOrDefault(Defaults.TIMEOUT_DRAIN, DRAIN_DEFAULT),
          Map.copyOf(timeouts));
    }
  }
}
