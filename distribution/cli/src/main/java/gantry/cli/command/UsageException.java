// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

/** The command line cannot be understood; the message says what is wrong with it. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With a message in lower case, without a full stop. */
  public UsageException(String message) {
    super(message);
  }
}
