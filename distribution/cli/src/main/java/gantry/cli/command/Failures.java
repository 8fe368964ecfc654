// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import gantry.errors.DeadlineExceededException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Failures as one line that says what to do. */
final class Failures {
  private Failures() {}

  static String describe(Throwable failure) {
    String message = text(failure);
    return switch (failure) {
      case UnavailableException _ when message.startsWith("connect to ") ->
          message
              + (message.endsWith("permission denied")
                  ? "; run gantry as root"
                  : "; is the daemon running? start it with gantryd, or name its socket with -a");
      case DeadlineExceededException _ -> message + "; the daemon is busy: try --timeout 5m";
      case UnimplementedException _ -> message + "; this daemon does not have it";
      case NoSuchFileException _ -> message + ": no such file";
      case AccessDeniedException _ -> message + ": permission denied";
      default -> message;
    };
  }

  private static String text(Throwable failure) {
    @Nullable String message = failure.getMessage();
    String text =
        message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    return text.replace('\n', ' ').strip();
  }
}
