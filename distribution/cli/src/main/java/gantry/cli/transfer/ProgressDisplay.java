// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Invocation;
import gantry.linux.Fd;
import gantry.linux.Terminal;
import gantry.linux.Winsize;
import gantry.transfer.ProgressListener;
import java.io.IOException;

/** Shows the steps of a transfer. Closing it shows the last state. */
public interface ProgressDisplay extends ProgressListener, AutoCloseable {
  @Override
  void close();

  /**
   * What suits the invocation: JSON if that was asked for, bars on a terminal, lines elsewhere.
   *
   * @param quiet show nothing: the output is for something else
   */
  static ProgressDisplay of(Invocation invocation, boolean quiet) {
    if (quiet) {
      return new ProgressDisplay() {
        @Override
        public void progressed(gantry.transfer.Progress progress) {}

        @Override
        public void close() {}
      };
    }
    if (invocation.json()) {
      return new ProgressJson(invocation.console().out());
    }
    Fd stdout = Fd.inherited(1);
    if (!Terminal.is(stdout)) {
      return new ProgressLines(invocation.console().out());
    }
    Terminal terminal = new Terminal(stdout);
    return new ProgressBars(invocation.console().out(), () -> size(terminal), System::nanoTime);
  }

  private static Winsize size(Terminal terminal) {
    try {
      return terminal.size();
    } catch (IOException unknown) {
      return new Winsize(80, 24);
    }
  }
}
