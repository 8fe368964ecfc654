// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when an offset or size lies outside the object. */
public final class OutOfRangeException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public OutOfRangeException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public OutOfRangeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
