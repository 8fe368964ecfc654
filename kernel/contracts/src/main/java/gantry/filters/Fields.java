// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import java.util.List;
import java.util.Optional;

/** How an object shows its fields to a {@link Filter}. */
@FunctionalInterface
public interface Fields {
  /**
   * The value of a field.
   *
   * @param path the field's path, for example {@code [labels, containerd.io/gc.root]}; never empty
   * @return the value, or empty if the object has no such field
   */
  Optional<String> field(List<String> path);

  /** The value of a text field, which counts as not there when it is empty. */
  static Optional<String> text(String value) {
    return value.isEmpty() ? Optional.empty() : Optional.of(value);
  }
}
