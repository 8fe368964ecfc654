// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when the caller gave up. */
public final class CanceledException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public CanceledException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public CanceledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
