// SPDX-License-Identifier: Apache-2.0
package gantry.namespaces;

import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import gantry.labels.Labels;
import java.util.List;

/** The table of namespaces. Writing anything else into a namespace makes it. */
public interface Namespaces {
  /** A namespace's labels; none if it does not exist. Never "not found". */
  Labels labels(String name);

  /** All namespaces, by name. */
  List<NamespaceInfo> list(Filter filter);

  /**
   * Makes a namespace.
   *
   * @throws gantry.errors.AlreadyExistsException if it exists
   */
  NamespaceInfo create(NamespaceInfo namespace);

  /**
   * Changes labels. Makes the namespace if it does not exist, as any other write into it does.
   *
   * @param paths {@code labels.<key>}; none means all labels
   * @throws gantry.errors.InvalidArgumentException for other paths
   */
  NamespaceInfo update(NamespaceInfo namespace, FieldPaths paths);

  /**
   * Deletes an empty namespace.
   *
   * @throws gantry.errors.NotFoundException if it does not exist
   * @throws gantry.errors.FailedPreconditionException if it still holds something
   */
  void delete(String name);
}
