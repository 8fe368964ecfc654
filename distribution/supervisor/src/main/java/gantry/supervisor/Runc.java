// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import containerd.runc.v1.CheckpointOptions;
import gantry.linux.Fd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An OCI runtime with runc's command line. Every call has a time limit, after which the runtime is
 * killed. Failures are {@link IOException}s with the runtime's own words.
 */
final class Runc {
  /**
   * In the environment: how many seconds a command may take that makes or removes something, one
   * that does not, and a checkpoint.
   */
  private static final String LIMITS = "GANTRY_RUNTIME_LIMITS";

  private final RuntimeCommand command;
  private final List<String> global;
  private final RuncFlags flags;
  private final Limits limits = Limits.parse(System.getenv().getOrDefault(LIMITS, "30 10 600"));

  Runc(RuntimeCommand command, Path root, RuncFlags flags) {
    this.command = command;
    this.flags = flags;
    this.global = new ArrayList<>(List.of("--root", root.toString()));
    if (flags.systemdCgroup()) {
      global.add("--systemd-cgroup");
    }
  }

  /** How long commands may take. */
  private record Limits(Duration slow, Duration quick, Duration checkpoint) {
    static Limits parse(String seconds) {
      String[] words = seconds.split(" ", -1);
      return new Limits(duration(words[0]), duration(words[1]), duration(words[2]));
    }

    private static Duration duration(String seconds) {
      return Duration.ofSeconds(Long.parseLong(seconds));
    }
  }

  /** What the caller wants of every container. */
  record RuncFlags(boolean systemdCgroup, boolean noPivot, boolean noNewKeyring) {}

  /** How a process is to be made: where its number is written and what it gets. */
  record Launch(Path pidFile, Streams streams) {
    List<String> arguments() {
      List<String> arguments = new ArrayList<>(List.of("--pid-file", pidFile.toString()));
      streams
          .console()
          .ifPresent(path -> arguments.addAll(List.of("--console-socket", path.toString())));
      return arguments;
    }

    List<Fd> descriptors() {
      return streams.descriptors();
    }
  }

  /** For messages. */
  String name() {
    return String.valueOf(command.program().getFileName());
  }

  /** Whether control groups are systemd's. */
  boolean usesSystemd() {
    return flags.systemdCgroup();
  }

  /** Where it keeps its records, by container. */
  Path root() {
    return Path.of(global.get(1));
  }

  /** Notes in a bundle what runs it, for who clears up after this process: program and root. */
  void note(Path bundle) throws IOException {
    Files.writeString(bundle.resolve("runtime"), command.program() + "\n" + global.get(1) + "\n");
  }

  /** Makes a container, which does not run yet. */
  void create(String id, Path bundle, Launch launch) throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("create", "--bundle", bundle.toString()));
    arguments.addAll(launch.arguments());
    containerFlags(arguments);
    arguments.add(id);
    launch("OCI runtime create failed", arguments, launch);
  }

  /** Makes a container from a checkpoint; it runs. */
  void restore(String id, Path bundle, Launch launch, Path image, Path work)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("restore", "--detach", "--no-subreaper"));
    arguments.addAll(List.of("--bundle", bundle.toString()));
    arguments.addAll(List.of("--image-path", image.toString(), "--work-path", work.toString()));
    arguments.addAll(launch.arguments());
    if (flags.noPivot()) {
      arguments.add("--no-pivot");
    }
    arguments.add(id);
    launch("OCI runtime restore failed", arguments, launch);
  }

  /** Runs a further process, described by a file. */
  void exec(String id, Path process, Launch launch) throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("exec", "--process", process.toString(), "--detach"));
    arguments.addAll(launch.arguments());
    arguments.add(id);
    launch("OCI runtime exec failed", arguments, launch);
  }

  private void containerFlags(List<String> arguments) {
    if (flags.noPivot()) {
      arguments.add("--no-pivot");
    }
    if (flags.noNewKeyring()) {
      arguments.add("--no-new-keyring");
    }
  }

  void start(String id) throws IOException, InterruptedException {
    call("OCI runtime start failed", limits.slow(), "start", id);
  }

  void kill(String id, int signal, boolean all) throws IOException, InterruptedException {
    if (all) {
      call("", limits.quick(), "kill", "--all", id, Integer.toString(signal));
    } else {
      call("", limits.quick(), "kill", id, Integer.toString(signal));
    }
  }

  /** Removes a container that does not run; no error if there is none. */
  void delete(String id, boolean force) throws IOException, InterruptedException {
    try {
      if (force) {
        call("failed to delete task", limits.slow(), "delete", "--force", id);
      } else {
        call("failed to delete task", limits.slow(), "delete", id);
      }
    } catch (RuntimeFailure e) {
      if (!e.getMessage().contains("does not exist")) {
        throw e;
      }
    }
  }

  void pause(String id) throws IOException, InterruptedException {
    call("OCI runtime pause failed", limits.quick(), "pause", id);
  }

  void resume(String id) throws IOException, InterruptedException {
    call("OCI runtime resume failed", limits.quick(), "resume", id);
  }

  /** Changes limits as a file of OCI resources says. */
  void update(String id, Path resources) throws IOException, InterruptedException {
    call(
        "OCI runtime update failed",
        limits.quick(),
        "update",
        "--resources",
        resources.toString(),
        id);
  }

  /** The processes in a container. */
  List<Integer> pids(String id) throws IOException, InterruptedException {
    String output = call("OCI runtime ps failed", limits.quick(), "ps", "--format", "json", id);
    List<Integer> pids = new ArrayList<>();
    if (Json.parse(output) instanceof List<?> list) {
      for (Object pid : list) {
        if (pid instanceof Json.Word word) {
          pids.add(Integer.parseInt(word.text()));
        }
      }
    }
    return pids;
  }

  /** The runtime's word for the state: created, running, paused or stopped. */
  String state(String id) throws IOException, InterruptedException {
    Object state = Json.parse(call("OCI runtime state failed", limits.quick(), "state", id));
    return Json.at(state, "status").toString();
  }

  /** Writes a checkpoint. */
  void checkpoint(String id, Path image, Path work, CheckpointOptions options)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("checkpoint"));
    arguments.addAll(List.of("--image-path", image.toString(), "--work-path", work.toString()));
    add(arguments, !options.getExit(), "--leave-running");
    add(arguments, options.getOpenTcp(), "--tcp-established");
    add(arguments, options.getExternalUnixSockets(), "--ext-unix-sk");
    add(arguments, options.getTerminal(), "--shell-job");
    add(arguments, options.getFileLocks(), "--file-locks");
    for (String namespace : options.getEmptyNamespacesList()) {
      arguments.addAll(List.of("--empty-ns", namespace));
    }
    if (!options.getParentPath().isEmpty()) {
      arguments.addAll(List.of("--parent-path", options.getParentPath()));
    }
    if (!options.getCgroupsMode().isEmpty()) {
      arguments.addAll(List.of("--manage-cgroups-mode", options.getCgroupsMode()));
    }
    arguments.add(id);
    Files.createDirectories(image);
    Files.createDirectories(work);
    check("OCI runtime checkpoint failed", command.run(global, arguments, limits.checkpoint()));
  }

  private static void add(List<String> arguments, boolean wanted, String flag) {
    if (wanted) {
      arguments.add(flag);
    }
  }

  private void launch(String failure, List<String> arguments, Launch launch)
      throws IOException, InterruptedException {
    check(failure, command.run(global, arguments, launch.descriptors(), limits.slow()));
  }

  private String call(String failure, Duration timeout, String... arguments)
      throws IOException, InterruptedException {
    RuntimeCommand.Result result = command.run(global, Arrays.asList(arguments), timeout);
    check(failure, result);
    return result.output();
  }

  private static void check(String failure, RuntimeCommand.Result result) throws RuntimeFailure {
    if (result.status() == 0) {
      return;
    }
    String reason = result.error().isEmpty() ? "exit status " + result.status() : result.error();
    throw new RuntimeFailure(failure.isEmpty() ? reason : failure + ": " + reason);
  }

  /** The runtime refused; the message has its words. */
  static final class RuntimeFailure extends IOException {
    private static final long serialVersionUID = 1L;

    RuntimeFailure(String message) {
      super(message);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
