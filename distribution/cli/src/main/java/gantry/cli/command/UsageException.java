// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

/** The command line cannot be understood; the message says what is wrong with it. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean unknownCommand;

  /** With a message in lower case, without a full stop. */
  public UsageException(String message) {
    this(message, false);
  }

  private UsageException(String message, boolean unknownCommand) {
    super(message);
    this.unknownCommand = unknownCommand;
  }

  /** For a word that is no command. */
  static UsageException unknownCommand(String message) {
    return new UsageException(message, true);
  }

  /** Whether a word is no command. */
  boolean isUnknownCommand() {
    return unknownCommand;
  }
}
