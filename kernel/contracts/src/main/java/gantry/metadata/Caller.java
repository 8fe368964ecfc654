// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

import gantry.names.Namespace;
import org.jspecify.annotations.Nullable;

/**
 * On whose behalf something is done.
 *
 * @param leaseId the lease that what is created goes into, or null
 */
public record Caller(Namespace namespace, @Nullable String leaseId) {
  /** A caller without a lease. */
  public static Caller of(Namespace namespace) {
    return new Caller(namespace, null);
  }
}
