// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when the operation lost against a concurrent one and may be retried. */
public final class AbortedException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public AbortedException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public AbortedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
