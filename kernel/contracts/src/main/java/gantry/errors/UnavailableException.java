// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when the part that answers is not there now; a retry may succeed. */
public final class UnavailableException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public UnavailableException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public UnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
