// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row of the inventory.
 *
 * @param requires types of plugins it needs
 * @param platforms in the form {@code os/arch}
 * @param reason why it is not ok; null if it is
 */
public record PluginStatus(
    PluginUri uri,
    List<String> requires,
    List<String> platforms,
    Map<String, String> exports,
    List<String> capabilities,
    State state,
    @Nullable String reason) {
  /** Outcome of a plugin's start. */
  public enum State {
    /** It serves. */
    OK,
    /** The host lacks what it needs, or it is disabled. */
    SKIP,
    /** It failed, or waits for another plugin. */
    ERROR
  }
}
