// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import gantry.errors.AlreadyExistsException;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import org.jspecify.annotations.Nullable;

/** Why a change cannot be made: the reason alone, in words. What was asked is said around it. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  /** What a caller is told. */
  enum Kind {
    JAR,
    STATE,
    ABSENT,
    PRESENT,
    CANCELED,
    INTERNAL
  }

  private final Kind kind;

  private Refusal(Kind kind, String reason, @Nullable Throwable cause) {
    super(reason, cause);
    this.kind = kind;
  }

  /** The jar cannot be taken. */
  static Refusal jar(String reason) {
    return new Refusal(Kind.JAR, reason, null);
  }

  /** The jar does not work here, or the change would break something. */
  static Refusal state(String reason) {
    return new Refusal(Kind.STATE, reason, null);
  }

  /** What is to be changed is not there. */
  static Refusal absent(String reason) {
    return new Refusal(Kind.ABSENT, reason, null);
  }

  /** What is to be installed is there. */
  static Refusal present(String reason) {
    return new Refusal(Kind.PRESENT, reason, null);
  }

  /** The daemon stops. */
  static Refusal canceled() {
    return new Refusal(Kind.CANCELED, "the daemon stops", null);
  }

  /** The host failed, not the jar. */
  static Refusal internal(Throwable cause) {
    return new Refusal(Kind.INTERNAL, cause.toString(), cause);
  }

  String reason() {
    return String.valueOf(getMessage());
  }

  /** As the caller sees it. */
  GantryException toException(String message) {
    return switch (kind) {
      case JAR -> new InvalidArgumentException(message, this);
      case STATE -> new FailedPreconditionException(message, this);
      case ABSENT -> new NotFoundException(message, this);
      case PRESENT -> new AlreadyExistsException(message, this);
      case CANCELED -> new CanceledException(message, this);
      case INTERNAL -> new InternalException(message, this);
    };
  }
}
