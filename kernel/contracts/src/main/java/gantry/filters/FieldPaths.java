// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

import java.util.List;

/**
 * The paths of an update's field mask. Empty means the default of the operation at hand, which is
 * mostly "everything that can change".
 */
public record FieldPaths(List<String> paths) {
  private static final FieldPaths NONE = new FieldPaths(List.of());

  /** Copies the list. */
  public FieldPaths {
    paths = List.copyOf(paths);
  }

  /** No mask given. */
  public static FieldPaths none() {
    return NONE;
  }

  /** A mask of these paths. */
  public static FieldPaths of(String... paths) {
    return new FieldPaths(List.of(paths));
  }

  /** Whether no path was given. */
  public boolean isEmpty() {
    return paths.isEmpty();
  }
}
