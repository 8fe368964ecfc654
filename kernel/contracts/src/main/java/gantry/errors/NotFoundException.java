// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when the object named does not exist. */
public final class NotFoundException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public NotFoundException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public NotFoundException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
