// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.UsageException;
import gantry.cli.container.ContainerUser;
import gantry.client.GantryClient;
import gantry.client.TasksClient;
import gantry.errors.FailedPreconditionException;
import gantry.runtime.ProcessIo;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Runs a further process in a task. */
final class TaskExec implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("cwd", "DIR", "working directory of the process")
        .flag("tty t", "give it a terminal")
        .flag("detach d", "return once it runs")
        .value("exec-id", "ID", "names the process; must be given")
        .value("user", "USER", "uid[:gid], or a name of the container's /etc/passwd")
        .values("env", "KEY=VALUE", "a further variable");
    TaskStreams.grammar(grammar);
    TaskStreams.detachGrammar(grammar);
    grammar
        .argument("CONTAINER", "whose task")
        .arguments("COMMAND", 1, Integer.MAX_VALUE, "what to run, and its arguments")
        .argumentsLast();
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Arguments arguments = invocation.arguments();
    String execId =
        arguments
            .find("exec-id")
            .filter(id -> !id.isEmpty())
            .orElseThrow(() -> new UsageException("tasks exec: --exec-id must be given"));
    String id = arguments.at(0);
    GantryClient client = invocation.client();
    TypedValue process = new TypedValue(TypedValue.PROCESS, Json.bytes(process(invocation, id)));
    boolean terminal = arguments.flag("tty");
    Optional<ProcessIo> unattended = TaskStreams.unattended(arguments, terminal);
    if (unattended.isPresent()) {
      start(client.tasks(), id, execId, unattended.get(), process);
      return arguments.flag("detach") ? 0 : end(client.tasks(), id, execId);
    }
    Stdio stdio = Stdio.make(TaskStreams.pipes(invocation), execId, terminal);
    if (arguments.flag("detach")) {
      return detached(client.tasks(), id, execId, stdio, process);
    }
    try (stdio) {
      Foreground.Ending ending =
          new Foreground(client, id, execId, TaskStreams.detachKeys(arguments))
              .run(
                  stdio,
                  invocation.console(),
                  () -> start(client.tasks(), id, execId, stdio.io(), process));
      if (!ending.isLeft()) {
        client.tasks().delete(id, execId);
      }
      return ending.status();
    }
  }

  private static int detached(
      TasksClient tasks, String id, String execId, Stdio stdio, TypedValue process)
      throws IOException {
    try (Stdio.Hold _ = stdio.hold()) {
      start(tasks, id, execId, stdio.io(), process);
      return 0;
    } catch (IOException | RuntimeException failure) {
      stdio.close();
      throw failure;
    }
  }

  private static void start(
      TasksClient tasks, String id, String execId, ProcessIo io, TypedValue process) {
    tasks.exec(id, execId, io, process);
    try {
      tasks.start(id, execId);
    } catch (RuntimeException failure) {
      try {
        tasks.delete(id, execId);
      } catch (RuntimeException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private static int end(TasksClient tasks, String id, String execId) {
    int status = tasks.await(id, execId).status();
    tasks.delete(id, execId);
    return status;
  }

  /** The container's own process with other arguments. */
  private static ObjectNode process(Invocation invocation, String id) throws IOException {
    Arguments arguments = invocation.arguments();
    TypedValue spec = invocation.client().containers().get(id).spec();
    JsonNode process =
        spec == null ? Json.object() : Json.parse("spec of " + id, spec.value()).path("process");
    if (!(process instanceof ObjectNode changed) || changed.isEmpty()) {
      throw new FailedPreconditionException(
          "exec in %s: its spec has no process to be like".formatted(id));
    }
    changed.put("terminal", arguments.flag("tty"));
    changed.set("args", Json.tree(arguments.from(1)));
    arguments.find("cwd").ifPresent(cwd -> changed.put("cwd", cwd));
    if (!arguments.values("env").isEmpty()) {
      arguments.values("env").forEach(changed.withArray("env")::add);
    }
    Optional<String> user = arguments.find("user");
    if (user.isPresent()) {
      int pid = invocation.client().tasks().get(id, "").pid();
      Path etc = Path.of("/proc/" + pid + "/root/etc");
      changed.set(
          "user", new ContainerUser(lines(etc, "passwd"), lines(etc, "group")).find(user.get()));
    }
    return changed;
  }

  private static List<String> lines(Path etc, String name) throws IOException {
    Path file = etc.resolve(name);
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }
}
