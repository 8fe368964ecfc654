// SPDX-License-Identifier: Apache-2.0
package gantry.boot.inventory;

import gantry.plugins.PluginStatus;
import gantry.plugins.PluginStatus.State;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Since when each plugin is as it is. Nobody tells when a plugin's state changes, so it compares
 * what is seen with what was seen before. Holds one entry for each plugin there is. Safe for
 * concurrent use.
 */
final class Since {
  private final Clock clock;
  private final Map<String, Entry> entries = new HashMap<>();
  private @Nullable Instant hint;
  private long looks;
  private long newest;

  Since(Clock clock) {
    this.clock = clock;
  }

  /** Something has happened: what differs at the next look differs since now. */
  synchronized void hint() {
    if (hint == null) {
      hint = clock.instant();
    }
  }

  /** Begins a look at the plugins. */
  synchronized Look look() {
    Look look = new Look(++looks, hint == null ? clock.instant() : hint);
    hint = null;
    return look;
  }

  /** Notes what was seen. A look that began before one that ended is of the past and ignored. */
  synchronized void saw(Look look, List<PluginStatus> plugins) {
    if (look.number() < newest) {
      return;
    }
    newest = look.number();
    Set<String> present = new HashSet<>();
    for (PluginStatus plugin : plugins) {
      String uri = plugin.uri().toString();
      present.add(uri);
      Entry before = entries.get(uri);
      if (before == null || !before.isOf(plugin)) {
        entries.put(uri, new Entry(plugin.state(), plugin.reason(), look.at()));
      }
    }
    entries.keySet().retainAll(present);
  }

  /** Since when a plugin is as it was at the last look; now if it was not seen. */
  synchronized Instant of(String uri) {
    Entry entry = entries.get(uri);
    return entry == null ? clock.instant() : entry.at();
  }

  /**
   * One look.
   *
   * @param at when what is new in it came to be, at the earliest
   */
  record Look(long number, Instant at) {}

  private record Entry(State state, @Nullable String reason, Instant at) {
    boolean isOf(PluginStatus plugin) {
      return state == plugin.state()
          && (reason == null ? plugin.reason() == null : reason.equals(plugin.reason()));
    }
  }
}
