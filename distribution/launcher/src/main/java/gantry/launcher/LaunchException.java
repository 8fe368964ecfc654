// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

/** Raised when the daemon cannot start; the message is all a user gets to see. */
final class LaunchException extends Exception {
  private static final long serialVersionUID = 1L;

  LaunchException(String message) {
    super(message);
  }

  LaunchException(String message, Throwable cause) {
    super(message + ": " + innermost(cause), cause);
  }

  /** The message of the innermost cause: the outer ones say only how it came about. */
  private static String innermost(Throwable error) {
    Throwable inner = error;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    if (inner instanceof java.nio.file.FileSystemException file && file.getReason() != null) {
      return file.getFile() + ": " + file.getReason();
    }
    String message = inner.getMessage();
    return message == null || inner instanceof java.nio.file.FileSystemException
        ? inner.getClass().getSimpleName() + (message == null ? "" : ": " + message)
        : message;
  }
}
