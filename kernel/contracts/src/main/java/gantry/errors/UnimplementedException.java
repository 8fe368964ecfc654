// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when nobody here offers the operation. */
public final class UnimplementedException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public UnimplementedException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public UnimplementedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
