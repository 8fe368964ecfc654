// SPDX-License-Identifier: Apache-2.0
package gantry.images;

import gantry.filters.Fields;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A name for a target in the content store. */
public record Image(
    String name, Labels labels, Descriptor target, Instant createdAt, Instant updatedAt)
    implements Fields {
  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "name" -> Fields.text(name);
      case "target" -> path.size() < 2 ? Optional.empty() : targetField(path.get(1));
      case "labels" -> labels.find(String.join(".", path.subList(1, path.size())));
      case "annotations" ->
          Optional.ofNullable(
              target.annotations().get(String.join(".", path.subList(1, path.size()))));
      default -> Optional.empty();
    };
  }

  private Optional<String> targetField(String name) {
    return switch (name) {
      case "digest" -> Optional.of(target.digest().toString());
      case "mediatype" -> Fields.text(target.mediaType());
      default -> Optional.empty();
    };
  }
}
