// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;

/** A system call that failed; the message names operation, object and reason. */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Errno errno;
  private final int number;

  private ErrnoException(Errno errno, int number, String message) {
    super(message);
    this.errno = errno;
    this.number = number;
  }

  static ErrnoException of(int number, String what) {
    Errno errno = Errno.of(number);
    String reason = errno == Errno.UNKNOWN ? "error " + number : errno.reason();
    return new ErrnoException(errno, number, what + ": " + reason);
  }

  /** Which error it was. */
  public Errno errno() {
    return errno;
  }

  /** The number of the error, also if it has no name. */
  public int number() {
    return number;
  }

  /** Whether it was this one. */
  public boolean is(Errno other) {
    return errno == other;
  }
}
