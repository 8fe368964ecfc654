// SPDX-License-Identifier: Apache-2.0
package gantry.snapshots;

import gantry.filters.Fields;
import gantry.labels.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a snapshot.
 *
 * @param name key of an active one or view, name of a committed one: one key space
 * @param parent name of the parent, empty if there is none
 */
public record SnapshotInfo(
    SnapshotKind kind,
    String name,
    String parent,
    Labels labels,
    Instant createdAt,
    Instant updatedAt)
    implements Fields {
  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "kind" -> Optional.of(kind.word());
      case "name" -> Fields.text(name);
      case "parent" -> Fields.text(parent);
      case "labels" -> labels.find(String.join(".", path.subList(1, path.size())));
      default -> Optional.empty();
    };
  }
}
