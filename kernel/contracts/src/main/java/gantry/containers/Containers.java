// SPDX-License-Identifier: Apache-2.0
package gantry.containers;

import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import java.util.function.Consumer;

/** The container records of one namespace. Safe for concurrent use. */
public interface Containers {
  /**
   * Looks one up.
   *
   * @throws gantry.errors.NotFoundException if there is none of this id
   */
  Container get(String id);

  /** Shows all the filter matches, by id. */
  void walk(Filter filter, Consumer<Container> sink);

  /**
   * Makes a record; its times are set here.
   *
   * @throws gantry.errors.InvalidArgumentException if it is not complete
   * @throws gantry.errors.AlreadyExistsException if the id is in use
   */
  Container create(Container container);

  /**
   * Changes a record.
   *
   * @param paths {@code labels}, {@code labels.<key>}, {@code extensions}, {@code
   *     extensions.<key>}, {@code spec}, {@code image}, {@code snapshotkey}; none replaces all of
   *     these and refuses another snapshotter or runtime
   * @throws gantry.errors.NotFoundException if there is none of this id
   * @throws gantry.errors.InvalidArgumentException for other paths
   */
  Container update(Container container, FieldPaths paths);

  /**
   * Deletes a record, whether or not a task runs.
   *
   * @throws gantry.errors.NotFoundException if there is none of this id
   */
  void delete(String id);
}
