// SPDX-License-Identifier: Apache-2.0
package gantry.events;

import gantry.filters.Fields;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An event with when and in which namespace it happened. */
public record Envelope(Instant timestamp, String namespace, Event event) implements Fields {
  /** Where it was published. */
  public String topic() {
    return event.topic();
  }

  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "namespace" -> Optional.of(namespace);
      case "topic" -> Optional.of(topic());
      case "event" ->
          path.size() > 1 ? event.field(path.subList(1, path.size())) : Optional.empty();
      default -> Optional.empty();
    };
  }
}
