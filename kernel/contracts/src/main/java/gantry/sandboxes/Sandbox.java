// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import gantry.filters.Fields;
import gantry.labels.Labels;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The record of a sandbox. Nothing runs by it alone: see {@link SandboxController}.
 *
 * @param runtime name of the runtime whose shim holds the sandbox, may be empty in a record
 * @param runtimeOptions options of the runtime, or null
 * @param spec what the sandbox is to be, in the runtime's own terms, or null
 * @param sandboxer name of the controller in charge, may be empty
 */
public record Sandbox(
    String id,
    Labels labels,
    String runtime,
    @Nullable TypedValue runtimeOptions,
    @Nullable TypedValue spec,
    String sandboxer,
    Instant createdAt,
    Instant updatedAt,
    Map<String, TypedValue> extensions)
    implements Fields {
  /** Copies the extensions. */
  public Sandbox {
    extensions = Map.copyOf(extensions);
  }

  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "id" -> Fields.text(id);
      case "labels" -> labels.find(String.join(".", path.subList(1, path.size())));
      default -> Optional.empty();
    };
  }
}
