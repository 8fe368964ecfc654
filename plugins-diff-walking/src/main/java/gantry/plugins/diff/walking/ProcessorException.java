// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.diff.walking;

import java.io.IOException;

/** Raised when a stream processor cannot be run or says that it failed. */
final class ProcessorException extends IOException {
  private static final long serialVersionUID = 1L;

  ProcessorException(String message) {
    super(message);
  }
}
