// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.linux.Terminal;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Our terminal while keys go to a process as they are; as it was before once closed, also when this
 * program is told to end meanwhile.
 */
final class OwnMode implements AutoCloseable {
  private final Terminal.@Nullable Mode mode;
  private final Thread atEnd = Thread.ofPlatform().name("terminal-mode").unstarted(this::restore);

  private OwnMode(Terminal.@Nullable Mode mode) {
    this.mode = mode;
  }

  /**
   * Changes the mode.
   *
   * @param terminal null for none: nothing happens then
   */
  static OwnMode raw(@Nullable Terminal terminal) throws IOException {
    OwnMode own = new OwnMode(terminal == null ? null : terminal.raw());
    if (terminal != null) {
      Runtime.getRuntime().addShutdownHook(own.atEnd);
    }
    return own;
  }

  @Override
  public void close() {
    if (mode == null) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atEnd);
    } catch (IllegalStateException ending) {
      return; // it is being done
    }
    restore();
  }

  private void restore() {
    try {
      if (mode != null) {
        mode.close();
      }
    } catch (IOException gone) {
      // a terminal that hung up has no mode any more
    }
  }
}
