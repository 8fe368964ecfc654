// SPDX-License-Identifier: Apache-2.0
package gantry.containers;

import gantry.filters.Fields;
import gantry.labels.Labels;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The record of a container. Nothing runs by it alone: see {@code TaskManager}.
 *
 * @param image name of the image it was made from, may be empty
 * @param runtime name of the runtime, for example {@code io.containerd.runc.v2}
 * @param runtimeOptions options of the runtime, or null
 * @param spec the OCI runtime specification
 * @param snapshotter may be empty; must not be if {@code snapshotKey} is set
 * @param sandboxId may be empty
 */
public record Container(
    String id,
    Labels labels,
    String image,
    String runtime,
    @Nullable TypedValue runtimeOptions,
    @Nullable TypedValue spec,
    String snapshotter,
    String snapshotKey,
    Instant createdAt,
    Instant updatedAt,
    Map<String, TypedValue> extensions,
    String sandboxId)
    implements Fields {
  /** Copies the extensions. */
  public Container {
    extensions = Map.copyOf(extensions);
  }

  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "id" -> Fields.text(id);
      case "image" -> Fields.text(image);
      case "runtime" ->
          path.size() > 1 && path.get(1).equals("name") ? Fields.text(runtime) : Optional.empty();
      case "labels" -> labels.find(String.join(".", path.subList(1, path.size())));
      default -> Optional.empty();
    };
  }
}
