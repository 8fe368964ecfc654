// SPDX-License-Identifier: Apache-2.0
package gantry.oci.compression;

import java.io.IOException;

/** Raised when a compressed stream or archive breaks its format or ends too early. */
public final class MalformedStreamException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Takes the message: operation, object, reason. */
  public MalformedStreamException(String message) {
    super(message);
  }

  /** Takes the message and what caused it. */
  public MalformedStreamException(String message, Throwable cause) {
    super(message, cause);
  }
}
