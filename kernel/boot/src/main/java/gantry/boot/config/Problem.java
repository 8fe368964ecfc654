// SPDX-License-Identifier: Apache-2.0
package gantry.boot.config;

import java.nio.file.Path;

/**
 * Something to say about a configuration file.
 *
 * @param line counted from 1; 0 if it is not known
 */
public record Problem(Path file, int line, String message) {
  @Override
  public String toString() {
    return line > 0 ? "%s:%d: %s".formatted(file, line, message) : file + ": " + message;
  }
}
