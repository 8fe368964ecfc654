// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import gantry.filters.FieldPaths;
import gantry.filters.Filter;
import java.util.List;

/** The sandbox records of one namespace. Safe for concurrent use. */
public interface Sandboxes {
  /**
   * Looks one up.
   *
   * @throws gantry.errors.NotFoundException if there is none of this id
   */
  Sandbox get(String id);

  /** All the filter matches, by id. */
  List<Sandbox> list(Filter filter);

  /**
   * Makes a record; its times are set here.
   *
   * @throws gantry.errors.InvalidArgumentException if its id is not an identifier
   * @throws gantry.errors.AlreadyExistsException if the id is in use
   */
  Sandbox create(Sandbox sandbox);

  /**
   * Changes a record.
   *
   * @param paths {@code labels}, {@code labels.<key>}, {@code extensions}, {@code
   *     extensions.<key>}, {@code spec}, {@code runtime}; none replaces all of these and refuses
   *     another name of the runtime
   * @throws gantry.errors.NotFoundException if there is none of this id
   * @throws gantry.errors.InvalidArgumentException for other paths
   */
  Sandbox update(Sandbox sandbox, FieldPaths paths);

  /**
   * Deletes a record, whether or not the sandbox runs.
   *
   * @throws gantry.errors.NotFoundException if there is none of this id
   */
  void delete(String id);
}
