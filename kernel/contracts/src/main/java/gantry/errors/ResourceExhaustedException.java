// SPDX-License-Identifier: Apache-2.0
package gantry.errors;

import org.jspecify.annotations.Nullable;

/** Raised when a limit or a disk is full. */
public final class ResourceExhaustedException extends GantryException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason, what to do; lower case. */
  public ResourceExhaustedException(String message) {
    this(message, null);
  }

  /** Takes the message and what caused it. */
  public ResourceExhaustedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
