// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes lines of a shim's log, at the level they name; what is too much is dropped and counted. */
final class LogLines {
  private static final Logger LOG = LoggerFactory.getLogger("gantry.shim");
  private static final int LINE_MAX = 1 << 13;
  private static final int LINES_MAX = 200;
  private static final long PERIOD_NANOS = 1_000_000_000L;
  private static final Pattern LEVEL = Pattern.compile("\\blevel=\"?(\\w+)");

  private final String task;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long periodBegan = System.nanoTime();
  private int passed;
  private int dropped;

  LogLines(String task) {
    this.task = task;
  }

  void add(byte[] bytes, int count) {
    for (int i = 0; i < count; i++) {
      if (bytes[i] == '\n') {
        pass(line.toString(StandardCharsets.UTF_8));
        line.reset();
      } else if (line.size() < LINE_MAX) {
        line.write(bytes[i]);
      }
    }
  }

  private void pass(String text) {
    long now = System.nanoTime();
    if (now - periodBegan > PERIOD_NANOS) {
      if (dropped > 0) {
        LOG.warn("shim of task {}: {} lines of its log were dropped", task, dropped);
      }
      periodBegan = now;
      passed = 0;
      dropped = 0;
    }
    if (passed == LINES_MAX) {
      dropped++;
    } else if (!text.isBlank()) {
      passed++;
      LOG.atLevel(level(text)).log("shim of task {}: {}", task, text.strip());
    }
  }

  private static Level level(String text) {
    Matcher named = LEVEL.matcher(text);
    return switch (named.find() ? named.group(1) : "") {
      case "trace" -> Level.TRACE;
      case "debug", "info" -> Level.DEBUG;
      case "warning", "warn" -> Level.WARN;
      case "error", "fatal", "panic" -> Level.ERROR;
      default -> Level.DEBUG;
    };
  }
}
