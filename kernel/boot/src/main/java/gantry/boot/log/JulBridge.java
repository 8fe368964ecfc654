// SPDX-License-Identifier: Apache-2.0
package gantry.boot.log;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/** Brings what libraries log through {@code java.util.logging} into the same log. */
public final class JulBridge extends Handler {
  private final SimpleFormatter format = new SimpleFormatter();

  private JulBridge() {}

  /** Takes the place of all handlers there are. */
  public static void install() {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.INFO);
    root.addHandler(new JulBridge());
  }

  @Override
  public void publish(LogRecord event) {
    String name = event.getLoggerName() == null ? "java" : event.getLoggerName();
    int level = event.getLevel().intValue();
    LoggerFactory.getLogger(name)
        .atLevel(
            level >= Level.SEVERE.intValue()
                ? org.slf4j.event.Level.ERROR
                : level >= Level.WARNING.intValue()
                    ? org.slf4j.event.Level.WARN
                    : org.slf4j.event.Level.INFO)
        .setCause(event.getThrown())
        .log(format.formatMessage(event));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
