// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when the request is malformed whatever the state of the system. */
public final class InvalidArgumentException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public InvalidArgumentException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public InvalidArgumentException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
