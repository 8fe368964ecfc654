// SPDX-License-Identifier: Apache-2.0
package gantry.boot.log;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Writes lines in the two forms that containerd's daemon writes, so that what reads its log reads
 * this one. Safe for concurrent use.
 */
final class LogSink {
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(9).toFormatter(Locale.ROOT);

  private final PrintStream out;
  private volatile boolean json;

  LogSink(PrintStream out) {
    this.out = out;
  }

  void json(boolean json) {
    this.json = json;
  }

  void write(Level level, String logger, @Nullable String message, @Nullable Throwable cause) {
    String time = TIME.format(Instant.now());
    String word = level == Level.WARN ? "warning" : level.name().toLowerCase(Locale.ROOT);
    StringBuilder line = new StringBuilder(160);
    if (json) {
      line.append("{\"level\":\"").append(word).append("\",\"logger\":");
      quote(line, logger);
      line.append(",\"msg\":");
      quote(line, String.valueOf(message));
      if (cause != null) {
        line.append(",\"error\":");
        quote(line, stack(cause));
      }
      line.append(",\"time\":\"").append(time).append("\"}\n");
    } else {
      line.append("time=\"").append(time).append("\" level=").append(word).append(" msg=");
      quote(line, String.valueOf(message));
      line.append(" logger=").append(logger);
      if (cause != null) {
        line.append(" error=");
        quote(line, cause.toString());
        line.append('\n').append(stack(cause).stripTrailing());
      }
      line.append('\n');
    }
    // One write per line, or lines of concurrent writers mix.
    out.print(line);
    out.flush();
  }

  private static String stack(Throwable cause) {
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private static void quote(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (c < ' ') {
            line.append("\\u%04x".formatted((int) c));
          } else {
            line.append(c);
          }
        }
      }
    }
    line.append('"');
  }
}
