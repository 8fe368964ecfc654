// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.doctor.Finding;
import gantry.doctor.Inspector;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.plugins.runtime.runc.TaskClaims.Claim;
import gantry.plugins.runtime.runc.Traces.Trace;
import gantry.runtime.TaskRuntime.TaskName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is left of tasks that are gone: a task is there as long as its bundle is, or the supervisor
 * knows it. Only what this plugin or the supervisor has written down is looked at, so nothing of
 * another daemon is ever found. Safe for concurrent use.
 */
final class RuncInspection implements Inspector {
  private static final String PROCESS = "process";
  private static final String CGROUP = "cgroup";
  private static final String STATE = "runc-state";
  private static final String TASK = "supervisor-task";

  /** Without a bundle to look for, so much time to make one must have passed. */
  private static final Duration MAKING_MAX = Duration.ofMinutes(10);

  private final Traces traces;
  private final TaskClaims claims;
  private final TaskEnding supervisor;
  private final FifoInspection pipes;

  RuncInspection(Traces traces, TaskClaims claims, TaskEnding supervisor, FifoInspection pipes) {
    this.traces = traces;
    this.claims = claims;
    this.supervisor = supervisor;
    this.pipes = pipes;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(PROCESS, CGROUP, STATE, TASK, FifoInspection.KIND);
  }

  @Override
  public List<Finding> inspect() throws IOException {
    List<Finding> findings = new ArrayList<>(pipes.inspect());
    for (Trace entry : traces.entries()) {
      if (!entry.hasBundle()) {
        findings.add(entry(entry));
      }
    }
    for (Trace state : traces.states()) {
      if (isLeft(state)) {
        findings.add(state(state));
      }
    }
    for (Claim claim : claims.all()) {
      if (claim.hasGroup() && isLeft(claim)) {
        findings.add(group(claim));
      }
    }
    processes().forEach((process, task) -> findings.add(process(process, task)));
    return findings;
  }

  private boolean isLeft(Claim claim) {
    return !Files.exists(claim.bundle()) && !supervisor.knows(claim.task());
  }

  private boolean isLeft(Trace state) throws IOException {
    if (state.hasBundle() || supervisor.knows(state.task())) {
      return false;
    }
    return state.bundle().isPresent() || isOld(state.directory());
  }

  private static boolean isOld(Path directory) throws IOException {
    Instant changed = changed(directory);
    return changed != null && changed.plus(MAKING_MAX).isBefore(Instant.now());
  }

  static @Nullable Instant changed(Path path) throws IOException {
    try {
      FileTime time = (FileTime) Files.getAttribute(path, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
      return time.toInstant();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static String owner(TaskName task) {
    return task.namespace() + "/" + task.id();
  }

  private Finding entry(Trace entry) throws IOException {
    boolean isKnown = supervisor.knows(entry.task());
    return new Finding(
        TASK,
        entry.directory().toString(),
        changed(entry.directory()),
        Finding.UNKNOWN,
        owner(entry.task()),
        isKnown
            ? "the supervisor keeps it, and its bundle is gone"
            : "the supervisor does not know it any more, and its bundle is gone",
        isKnown
            ? "kill what runs of it, and have the supervisor delete it"
            : "remove the supervisor's record");
  }

  private static Finding state(Trace state) throws IOException {
    return new Finding(
        STATE,
        state.directory().toString(),
        changed(state.directory()),
        Finding.UNKNOWN,
        owner(state.task()),
        "runc has the container, and there is neither a bundle nor a task",
        "have runc delete it");
  }

  private static Finding group(Claim claim) throws IOException {
    List<Path> present = claim.groups().stream().filter(Files::isDirectory).toList();
    return new Finding(
        CGROUP,
        claim.groups().getFirst().toString(),
        present.isEmpty() ? null : changed(present.getFirst()),
        Finding.UNKNOWN,
        owner(claim.task()),
        "its task is gone; it is there in %d hierarchies".formatted(present.size()),
        "remove it in all of them");
  }

  private static Finding process(ProcessBirth process, TaskName task) {
    return new Finding(
        PROCESS,
        process.toString(),
        process.started(),
        Finding.UNKNOWN,
        owner(task),
        "\"%s\" runs on as process %d, and its task is gone"
            .formatted(process.command(), process.pid()),
        "kill it");
  }

  /** The live processes of tasks that are gone. */
  private Map<ProcessBirth, TaskName> processes() throws IOException {
    Map<ProcessBirth, TaskName> found = new LinkedHashMap<>();
    for (Trace entry : traces.entries()) {
      if (!entry.hasBundle() && !supervisor.knows(entry.task())) {
        entry.processes().forEach(process -> found.put(process, entry.task()));
      }
    }
    for (Trace state : traces.states()) {
      if (!state.processes().isEmpty() && isLeft(state)) {
        state.processes().forEach(process -> found.put(process, state.task()));
      }
    }
    for (Claim claim : claims.all()) {
      if ((claim.hasGroup() || claim.init().isAlive()) && isLeft(claim)) {
        processes(claim).forEach(process -> found.put(process, claim.task()));
      }
    }
    return found;
  }

  private static List<ProcessBirth> processes(Claim claim) throws IOException {
    List<ProcessBirth> processes = new ArrayList<>();
    if (claim.init().isAlive()) {
      processes.add(claim.init());
    }
    for (Path group : claim.groups()) {
      for (int pid : ControlGroups.processes(group)) {
        ProcessBirth.of(pid).ifPresent(processes::add);
      }
    }
    return processes;
  }

  @Override
  public void mend(Finding finding) throws IOException {
    switch (finding.kind()) {
      case PROCESS -> kill(ProcessBirth.parse(finding.name()));
      case CGROUP -> removeGroup(finding.name());
      case STATE -> removeState(task(finding.name(), traces.runtimeRoot()));
      case TASK -> removeEntry(task(finding.name(), traces.ledger()));
      case FifoInspection.KIND -> pipes.mend(Path.of(finding.name()));
      default ->
          throw new InvalidArgumentException(
              "mend %s: not a kind of %s".formatted(finding.kind(), SupervisedRunc.PLUGIN));
    }
  }

  private static TaskName task(String name, Path root) {
    Path path = Path.of(name).normalize();
    if (!path.startsWith(root) || path.getNameCount() != root.getNameCount() + 2) {
      throw new InvalidArgumentException("mend %s: not in %s".formatted(path, root));
    }
    Path inside = root.relativize(path);
    return new TaskName(inside.getName(0).toString(), inside.getName(1).toString());
  }

  private void kill(ProcessBirth process) throws IOException {
    if (!process.isAlive()) {
      return;
    }
    if (!processes().containsKey(process)) {
      throw new FailedPreconditionException(
          "kill process %s: it is of no task that is gone".formatted(process));
    }
    process.kill();
  }

  private void removeGroup(String name) throws IOException {
    for (Claim claim : claims.all()) {
      if (!claim.groups().isEmpty() && claim.groups().getFirst().toString().equals(name)) {
        if (!isLeft(claim)) {
          throw new FailedPreconditionException(
              "remove control group %s: its task is there".formatted(name));
        }
        for (Path group : claim.groups()) {
          ControlGroups.remove(group);
        }
        claims.settle(claim.task());
        return;
      }
    }
  }

  private void removeState(TaskName task) throws IOException {
    Optional<Trace> state = traces.state(task);
    if (state.isEmpty()) {
      return;
    }
    if (!isLeft(state.get())) {
      throw new FailedPreconditionException(
          "delete runc's container %s: its task is there".formatted(owner(task)));
    }
    requireDead(state.get());
    supervisor.deleteState(task);
    removeTree(state.get().directory());
    claims.settle(task);
  }

  private void removeEntry(TaskName task) throws IOException {
    Optional<Trace> entry = traces.entry(task);
    if (entry.isEmpty()) {
      return;
    }
    if (entry.get().hasBundle()) {
      throw new FailedPreconditionException(
          "delete task %s: its bundle is there".formatted(owner(task)));
    }
    if (supervisor.knows(task)) {
      supervisor.end(task);
    } else {
      requireDead(entry.get());
    }
    removeTree(entry.get().directory());
    claims.settle(task);
  }

  private static void requireDead(Trace trace) {
    if (!trace.processes().isEmpty()) {
      throw new FailedPreconditionException(
          "remove %s: processes of it run: %s; mend those first, of kind %s"
              .formatted(trace.directory(), trace.processes(), PROCESS));
    }
  }

  private static void removeTree(Path directory) throws IOException {
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
