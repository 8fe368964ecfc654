// SPDX-License-Identifier: Apache-2.0
package gantry.leases;

import gantry.filters.Fields;
import gantry.labels.Labels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A claim; when it ends is in its label {@code containerd.io/gc.expire}, if anywhere. */
public record Lease(String id, Instant createdAt, Labels labels) implements Fields {
  @Override
  public Optional<String> field(List<String> path) {
    return switch (path.getFirst()) {
      case "id" -> Fields.text(id);
      case "labels" -> labels.find(String.join(".", path.subList(1, path.size())));
      default -> Optional.empty();
    };
  }
}
