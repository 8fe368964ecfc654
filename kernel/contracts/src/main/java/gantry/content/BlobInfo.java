// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import gantry.filters.Fields;
import gantry.labels.Labels;
import gantry.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is known of a blob.
 *
 * @param size bytes
 */
public record BlobInfo(
    Digest digest, long size, Instant createdAt, Instant updatedAt, Labels labels)
    implements Fields {
  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "digest" -> Optional.of(digest.toString());
      case "size" -> Optional.of(Long.toString(size));
      case "labels" -> labels.find(String.join(".", path.subList(1, path.size())));
      default -> Optional.empty();
    };
  }
}
