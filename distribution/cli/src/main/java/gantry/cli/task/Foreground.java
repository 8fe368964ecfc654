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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A process in front of the user: its streams are ours, our signals are its, and its exit code is
 * our result, unless the user leaves it by pressing the keys for that.
 */
public final class Foreground {
  private static final Duration LAST_OUTPUT = Duration.ofSeconds(5);

  private final TasksClient tasks;
  private final String id;
  private final String execId;
  private final DetachKeys keys;
  private final CountDownLatch started = new CountDownLatch(1);
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();

  /**
   * For a process of a task.
   *
   * @param execId empty for its first one
   * @param keys that leave it, if it has a terminal
   */
  Foreground(GantryClient client, String id, String execId, DetachKeys keys) {
    this.tasks = client.tasks();
    this.id = id;
    this.execId = execId;
    this.keys = keys;
  }

  /**
   * How it came to an end for us.
   *
   * @param status the exit code of the process; 0 if we left it
   * @param isLeft whether we left it and it goes on
   */
  public record Ending(int status, boolean isLeft) {}

  /** What makes the process, or lets it run. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void run() throws Exception;
  }

  /**
   * Connects, starts, waits for the end and for the last output, or until the keys are pressed.
   *
   * @param start lets the process run; its streams are connected by then
   */
  Ending run(Stdio stdio, Console console, Step start) throws Exception {
    boolean hasTerminal = stdio.io().terminal();
    @Nullable Terminal terminal = hasTerminal ? ownTerminal() : null;
    try (OwnMode _ = OwnMode.raw(terminal)) {
      stdio.connect(
          console,
          this::closeStdin,
          hasTerminal ? keys : DetachKeys.parse(""),
          () -> ending.complete(new Ending(0, true)));
      start.run();
      started.countDown();
      Ending result;
      try (SignalForwarding _ = forward(terminal, hasTerminal)) {
        Thread.ofPlatform().daemon().name("gantry-wait").start(this::await);
        result = ending();
      }
      if (result.isLeft()) {
        stdio.leave();
      } else {
        stdio.awaitOutput(LAST_OUTPUT);
      }
      return result;
    }
  }

  private void await() {
    try {
      ending.complete(new Ending(tasks.await(id, execId).status(), false));
    } catch (RuntimeException failure) {
      ending.completeExceptionally(failure);
    }
  }

  private Ending ending() throws InterruptedException {
    try {
      return ending.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
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
