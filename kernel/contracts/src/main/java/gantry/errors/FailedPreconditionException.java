// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when the object is in a state that does not allow the operation. */
public final class FailedPreconditionException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public FailedPreconditionException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public FailedPreconditionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
