// SPDX-License-Identifier: Apache-2.0
package gantry.doctor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that was left behind.
 *
 * @param kind one of the inspector's {@link Inspector#kinds kinds}
 * @param name a path or another name; with the kind it names the same thing at every look
 * @param since when it was made or last used, as far as that is known; else null
 * @param bytes what it takes on the disk; -1 if that is not known, or makes no sense
 * @param owner whose it was last: {@code <namespace>/<id>}, or the URI of a plugin
 * @param reason why it counts as left behind, in words for people
 * @param remedy what mending it would do, in words for people
 */
public record Finding(
    String kind,
    String name,
    @Nullable Instant since,
    long bytes,
    String owner,
    String reason,
    String remedy) {
  /** The number of bytes that stands for "not known". */
  public static final long UNKNOWN = -1;

  /** Whether both are about the same thing; other facts of it may have changed. */
  public boolean isSame(Finding that) {
    return kind.equals(that.kind) && name.equals(that.name);
  }
}
