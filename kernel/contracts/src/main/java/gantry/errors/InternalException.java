// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when an invariant of ours is broken. */
public final class InternalException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public InternalException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public InternalException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
