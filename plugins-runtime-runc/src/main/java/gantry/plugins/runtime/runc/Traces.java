// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import com.google.protobuf.InvalidProtocolBufferException;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import gantry.runtime.TaskRuntime.TaskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the supervisor and runc have written of tasks, read only: the supervisor's {@code
 * tasks/‹namespace›/‹id›/{task,pid,execs/‹exec›/…}} and runc's {@code ‹namespace›/‹id›/state.json}.
 */
record Traces(Path ledger, Path runtimeRoot) {
  // In a JSON text quotes within strings are escaped, so these are found where they mean something.
  private static final Pattern BUNDLE =
      Pattern.compile("\"bundle(?:=|\"\\s*:\\s*\")(/[^\"\\\\]*)\"");
  private static final Pattern PID = Pattern.compile("\"init_process_pid\"\\s*:\\s*([0-9]{1,9})");
  private static final Pattern START =
      Pattern.compile("\"init_process_start\"\\s*:\\s*([0-9]{1,18})");

  /**
   * A directory about a task.
   *
   * @param bundle empty if it does not say
   * @param processes those it names that are alive
   */
  record Trace(TaskName task, Path directory, Optional<Path> bundle, List<ProcessBirth> processes) {
    Trace {
      processes = List.copyOf(processes);
    }

    boolean hasBundle() {
      return bundle.filter(Files::exists).isPresent();
    }
  }

  static Traces of(SupervisorLayout layout) {
    return new Traces(layout.state().resolve("tasks"), layout.runtimeRoot());
  }

  /** What the supervisor has written. */
  List<Trace> entries() throws IOException {
    List<Trace> traces = new ArrayList<>();
    for (TaskName task : tasks(ledger)) {
      entry(task).ifPresent(traces::add);
    }
    return traces;
  }

  Optional<Trace> entry(TaskName task) throws IOException {
    Path directory = ledger.resolve(task.namespace()).resolve(task.id());
    Optional<CreateTaskRequest> request = request(directory.resolve("task"));
    if (request.isEmpty()) {
      return Optional.empty();
    }
    List<ProcessBirth> processes = new ArrayList<>();
    process(directory).ifPresent(processes::add);
    for (Path exec : TaskClaims.children(directory.resolve("execs"))) {
      process(exec).ifPresent(processes::add);
    }
    return Optional.of(
        new Trace(task, directory, request.map(r -> Path.of(r.getBundle())), processes));
  }

  /** What runc has written. */
  List<Trace> states() throws IOException {
    List<Trace> traces = new ArrayList<>();
    for (TaskName task : tasks(runtimeRoot)) {
      state(task).ifPresent(traces::add);
    }
    return traces;
  }

  Optional<Trace> state(TaskName task) throws IOException {
    Path directory = runtimeRoot.resolve(task.namespace()).resolve(task.id());
    if (!Files.isDirectory(directory)) {
      return Optional.empty();
    }
    String text = read(directory.resolve("state.json")) + read(directory.resolve("status"));
    Matcher bundle = BUNDLE.matcher(text);
    Matcher pid = PID.matcher(text);
    Matcher start = START.matcher(text);
    List<ProcessBirth> processes = new ArrayList<>();
    if (pid.find() && start.find()) {
      ProcessBirth init =
          new ProcessBirth(Integer.parseInt(pid.group(1)), Long.parseLong(start.group(1)));
      if (init.isAlive()) {
        processes.add(init);
      }
    }
    return Optional.of(
        new Trace(
            task,
            directory,
            bundle.find() ? Optional.of(Path.of(bundle.group(1))) : Optional.empty(),
            processes));
  }

  /** The pipes of all tasks and their execs that the supervisor has written of. */
  List<String> pipes() throws IOException {
    List<String> pipes = new ArrayList<>();
    for (TaskName task : tasks(ledger)) {
      Path directory = ledger.resolve(task.namespace()).resolve(task.id());
      request(directory.resolve("task"))
          .ifPresent(r -> pipes.addAll(List.of(r.getStdin(), r.getStdout(), r.getStderr())));
      for (Path exec : TaskClaims.children(directory.resolve("execs"))) {
        byte[] bytes = bytes(exec.resolve("exec"));
        if (bytes.length > 0) {
          ExecProcessRequest r = ExecProcessRequest.parseFrom(bytes);
          pipes.addAll(List.of(r.getStdin(), r.getStdout(), r.getStderr()));
        }
      }
    }
    return pipes;
  }

  private static List<TaskName> tasks(Path root) throws IOException {
    List<TaskName> tasks = new ArrayList<>();
    for (Path namespace : TaskClaims.children(root)) {
      if (Files.isDirectory(namespace)) {
        for (Path task : TaskClaims.children(namespace)) {
          tasks.add(
              new TaskName(
                  String.valueOf(namespace.getFileName()), String.valueOf(task.getFileName())));
        }
      }
    }
    return tasks;
  }

  private static Optional<CreateTaskRequest> request(Path file) throws IOException {
    byte[] bytes = bytes(file);
    try {
      return bytes.length == 0 ? Optional.empty() : Optional.of(CreateTaskRequest.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new IOException("read " + file, e);
    }
  }

  private static Optional<ProcessBirth> process(Path directory) throws IOException {
    String[] words = read(directory.resolve("pid")).strip().split(" ", -1);
    if (words.length < 2) {
      return Optional.empty();
    }
    return Optional.of(new ProcessBirth(Integer.parseInt(words[0]), Long.parseLong(words[1])))
        .filter(ProcessBirth::isAlive);
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }
}
