// SPDX-License-Identifier: Apache-2.0
package gantry.store;

import org.jspecify.annotations.Nullable;

/** What is done in a transaction. It may run on another thread than its caller's. */
@FunctionalInterface
public interface Work<T extends @Nullable Object> {
  /** Does it; an exception undoes all of it and reaches the caller. */
  T in(Transaction tx);
}
