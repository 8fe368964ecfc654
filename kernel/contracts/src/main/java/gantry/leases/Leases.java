// SPDX-License-Identifier: Apache-2.0
package gantry.leases;

import gantry.filters.Filter;
import gantry.labels.Labels;
import java.util.List;

/** The leases of one namespace. Safe for concurrent use. */
public interface Leases {
  /**
   * Makes a lease.
   *
   * @param id its id; empty has one generated
   * @throws gantry.errors.AlreadyExistsException if the id is in use
   */
  Lease create(String id, Labels labels);

  /**
   * Ends a lease.
   *
   * @throws gantry.errors.NotFoundException if there is none of this id
   */
  void delete(String id);

  /** All leases the filter matches. */
  List<Lease> list(Filter filter);

  /**
   * Adds an object; it need not exist yet.
   *
   * @throws gantry.errors.NotFoundException if there is no such lease
   * @throws gantry.errors.UnimplementedException for a type that is not known
   * @throws gantry.errors.InvalidArgumentException for a malformed type or id
   */
  void add(String leaseId, LeaseResource resource);

  /** Takes an object out; otherwise as {@link #add}. */
  void remove(String leaseId, LeaseResource resource);

  /**
   * What a lease keeps.
   *
   * @throws gantry.errors.NotFoundException if there is no such lease
   */
  List<LeaseResource> resources(String leaseId);
}
