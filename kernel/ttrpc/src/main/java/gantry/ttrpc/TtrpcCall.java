// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What comes with a call besides its message.
 *
 * @param metadata values by key, in the order they were sent
 * @param timeout what the caller gave it when it was sent, empty for no limit
 */
public record TtrpcCall(Map<String, List<String>> metadata, Optional<Duration> timeout) {
  /** The first value of a key. */
  public Optional<String> first(String key) {
    return metadata.getOrDefault(key, List.of()).stream().findFirst();
  }
}
