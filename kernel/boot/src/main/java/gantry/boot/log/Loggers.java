// SPDX-License-Identifier: Apache-2.0
package gantry.boot.log;

import gantry.errors.InvalidArgumentException;
import gantry.plugins.LogLevels;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/** All loggers and how much each says. A logger takes the level of the nearest one above it. */
public final class Loggers implements ILoggerFactory, LogLevels {
  /** Higher than any level: says nothing. */
  private static final int SILENT = Level.ERROR.toInt() + 10;

  private static final Map<String, Integer> LEVELS =
      Map.of(
          "trace", Level.TRACE.toInt(),
          "debug", Level.DEBUG.toInt(),
          "info", Level.INFO.toInt(),
          "warn", Level.WARN.toInt(),
          "error", Level.ERROR.toInt(),
          "fatal", SILENT,
          "panic", SILENT);

  private final Map<String, LineLogger> loggers = new ConcurrentHashMap<>();
  private final Map<String, String> levels = new ConcurrentHashMap<>();
  private final LogSink sink;

  Loggers(PrintStream out) {
    sink = new LogSink(out);
    levels.put(ROOT, "info");
    levels.put("io.grpc", "warn");
    levels.put("io.netty", "warn");
    // It warns of each connection to a unix socket that such a socket knows no keep-alive.
    levels.put("io.netty.bootstrap", "error");
  }

  @Override
  public Logger getLogger(String name) {
    return loggers.computeIfAbsent(name, key -> new LineLogger(key, sink, threshold(key)));
  }

  /** Chooses JSON rather than text. */
  public void json(boolean json) {
    sink.json(json);
  }

  @Override
  public Map<String, String> levels() {
    return new TreeMap<>(levels);
  }

  @Override
  public void set(String logger, String level) {
    if (!LEVELS.containsKey(level)) {
      throw new InvalidArgumentException(
          "set log level of %s: no level \"%s\"; want trace, debug, info, warn, error, fatal or panic"
              .formatted(logger, level));
    }
    levels.put(logger, level);
    loggers.forEach((name, existing) -> existing.threshold(threshold(name)));
  }

  private int threshold(String name) {
    String ancestor = name;
    while (true) {
      String level = levels.get(ancestor);
      if (level != null) {
        return LEVELS.getOrDefault(level, SILENT);
      }
      int dot = ancestor.lastIndexOf('.');
      ancestor = dot < 0 ? ROOT : ancestor.substring(0, dot);
    }
  }
}
