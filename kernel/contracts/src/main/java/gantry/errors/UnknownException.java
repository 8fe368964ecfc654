// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/**
 * Raised when something foreign, such as an OCI runtime, failed for a reason that only its own
 * words tell. Clients know it by the status {@code UNKNOWN}, and see the words as they are.
 */
public final class UnknownException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the words. */
  public UnknownException(String message) {
    this(message, null);
  }

  /** Takes the words and what caused it. */
  public UnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
