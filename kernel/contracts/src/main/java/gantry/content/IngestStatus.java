// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import gantry.filters.Fields;
import gantry.oci.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far an ingest has come.
 *
 * @param offset bytes written so far
 * @param total bytes expected, 0 if not known
 * @param expected the digest it will have, if the writer said so
 */
public record IngestStatus(
    String ref,
    long offset,
    long total,
    @Nullable Digest expected,
    Instant startedAt,
    Instant updatedAt)
    implements Fields {
  @Override
  public Optional<String> field(List<String> path) {
    return path.getFirst().equals("ref") ? Optional.of(ref) : Optional.empty();
  }
}
