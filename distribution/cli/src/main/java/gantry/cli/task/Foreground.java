// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Console;
import gantry.client.GantryClient;
import gantry.client.TasksClient;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.linux.Fd;
import gantry.linux.Terminal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A process in front of the user: its streams are ours, our signals are its, and its exit code is
 * our result.
 */
public final class Foreground {
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(5);

  private final TasksClient tasks;
  private final String id;
  private final String execId;
  private final CountDownLatch started = new CountDownLatch(1);

  /** For a process of a task; {@code execId} is empty for its first one. */
  public Foreground(GantryClient client, String id, String execId) {
    this.tasks = client.tasks();
    this.id = id;
    this.execId = execId;
  }

  /** What makes the process, or lets it run. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void run() throws Exception;
  }

  /**
   * Connects, starts, waits for the end and for the last output.
   *
   * @param start lets the process run; its streams are connected by then
   * @return the exit code of the process
   */
  public int run(Stdio stdio, Console console, Step start) throws Exception {
    @Nullable Terminal terminal = stdio.io().terminal() ? ownTerminal() : null;
    Terminal.@Nullable Mode mode = terminal == null ? null : terminal.raw();
    try {
      stdio.connect(console, this::closeStdin);
      start.run();
      started.countDown();
      int status;
      try (SignalForwarding _ = forward(terminal, stdio.io().terminal())) {
        status = tasks.await(id, execId).status();
      }
      stdio.awaitOutput(LAST_OUTPUT);
      return status;
    } finally {
      if (mode != null) {
        mode.close();
      }
    }
  }

  private SignalForwarding forward(@Nullable Terminal terminal, boolean hasTerminal) {
    if (terminal != null) {
      resize(terminal);
      return SignalForwarding.of("WINCH", () -> resize(terminal));
    }
    return hasTerminal ? SignalForwarding.none() : SignalForwarding.all(signal -> kill(signal));
  }

  private void resize(Terminal terminal) {
    try {
      var size = terminal.size();
      tasks.resize(id, execId, size.columns(), size.rows());
    } catch (IOException | GantryException gone) {
      // a process that has ended needs no size
    }
  }

  private void kill(int signal) {
    try {
      tasks.kill(id, execId, signal, false);
    } catch (NotFoundException ended) {
      // it has ended: the wait for it returns
    }
  }

  /** Our input may end before the process is there to be told. */
  private void closeStdin() {
    try {
      started.await();
      tasks.closeStdin(id, execId);
    } catch (GantryException ended) {
      // it has ended, and its input with it
    } catch (InterruptedException gone) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable Terminal ownTerminal() {
    Fd stdin = Fd.inherited(0);
    return Terminal.is(stdin) ? new Terminal(stdin) : null;
  }
}
