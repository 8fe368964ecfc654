// SPDX-License-Identifier: Apache-2.0
package gantry.filters;

/** A predicate over an object's fields. Immutable; see {@link FilterParser} for the language. */
@FunctionalInterface
public interface Filter {
  /** Matches everything. */
  Filter ALL = fields -> true;

  /** Whether the object with these fields is wanted. */
  boolean matches(Fields fields);
}
