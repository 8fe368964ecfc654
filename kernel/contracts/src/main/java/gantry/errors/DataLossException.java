// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when stored data is gone or corrupt. */
public final class DataLossException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public DataLossException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public DataLossException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
