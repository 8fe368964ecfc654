// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import containerd.runc.v1.Options;
import gantry.cli.command.Arguments;
import gantry.cli.command.Invocation;
import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.mounts.Mount;
import gantry.runtime.CreateTask;
import gantry.runtime.ProcessIo;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The first process of a container, from the options {@code null-io}, {@code log-uri}, {@code
 * fifo-dir}, {@code detach}, {@code no-pivot}, {@code pid-file} and {@code detach-keys}.
 */
public final class TaskRun {
  private static final Foreground.Ending LEFT = new Foreground.Ending(0, true);

  private final Invocation invocation;
  private final GantryClient client;
  private final Container container;
  private final boolean terminal;

  /** Of a container that has no task. */
  public TaskRun(Invocation invocation, Container container, boolean terminal) {
    this.invocation = invocation;
    this.client = invocation.client();
    this.container = container;
    this.terminal = terminal;
  }

  /**
   * Makes the task and starts it; then, unless detached, waits for its end. A task that could not
   * be started is taken away again.
   *
   * @return how it ended; left if detached, at once or later
   */
  public Foreground.Ending start() throws Exception {
    Arguments arguments = invocation.arguments();
    Optional<ProcessIo> unattended = TaskStreams.unattended(arguments, terminal);
    if (unattended.isPresent()) {
      create(unattended.get());
      go();
      return arguments.flag("detach") ? LEFT : ended();
    }
    Stdio stdio = Stdio.make(TaskStreams.pipes(invocation), container.id(), terminal);
    if (arguments.flag("detach")) {
      return detached(stdio);
    }
    try (stdio) {
      return new Foreground(client, container.id(), "", TaskStreams.detachKeys(arguments))
          .run(
              stdio,
              invocation.console(),
              () -> {
                create(stdio.io());
                go();
              });
    }
  }

  private Foreground.Ending ended() {
    return new Foreground.Ending(client.tasks().await(container.id(), "").status(), false);
  }

  /** Collects the stopped task. */
  public void delete() {
    client.tasks().delete(container.id(), "");
  }

  /** The pipes stay, for whoever attaches later. */
  private Foreground.Ending detached(Stdio stdio) throws IOException {
    try (Stdio.Hold _ = stdio.hold()) {
      create(stdio.io());
      go();
      return LEFT;
    } catch (IOException | RuntimeException failure) {
      stdio.close();
      throw failure;
    }
  }

  private void create(ProcessIo io) throws IOException {
    int pid =
        client.tasks().create(new CreateTask(container.id(), mounts(), io, null, options(), ""));
    Optional<String> file = invocation.arguments().find("pid-file");
    if (file.isPresent()) {
      Files.writeString(Path.of(file.get()), Integer.toString(pid));
    }
  }

  private void go() {
    try {
      client.tasks().start(container.id(), "");
    } catch (RuntimeException failure) {
      try {
        delete();
      } catch (RuntimeException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private List<Mount> mounts() {
    return container.snapshotKey().isEmpty()
        ? List.of()
        : client.snapshots(container.snapshotter()).mounts(container.snapshotKey());
  }

  private @Nullable TypedValue options() {
    return invocation.arguments().flag("no-pivot")
        ? AnyWire.typed(Options.newBuilder().setNoPivotRoot(true).build())
        : null;
  }
}
