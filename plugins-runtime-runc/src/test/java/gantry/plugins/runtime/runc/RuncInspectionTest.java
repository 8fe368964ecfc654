// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import containerd.task.v3.CreateTaskRequest;
import gantry.doctor.Finding;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.linux.Fifos;
import gantry.runtime.Bundle;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RuncInspectionTest {
  private static final String ID = "doctor-" + ProcessHandle.current().pid();
  private static final TaskName TASK = new TaskName("ns", ID);

  @TempDir Path temp;

  private final Set<String> known = new HashSet<>();
  private final List<String> calls = new ArrayList<>();
  private final List<Process> processes = new ArrayList<>();
  private final List<Path> groups = new ArrayList<>();
  private TaskClaims claims;
  private Traces traces;
  private RuncInspection inspection;
  private boolean isSilent;

  @BeforeEach
  void open() {
    SupervisorLayout layout =
        new SupervisorLayout(
            temp.resolve("program"),
            temp.resolve("state/supervisor.sock"),
            temp.resolve("state/supervisor"),
            temp.resolve("d.sock.ttrpc"),
            temp.resolve("state/runc"),
            temp.resolve("state/supervisor.log"),
            temp.resolve("state/pid"),
            "/shared");
    claims = new TaskClaims(layout.claims(), layout.cgroup());
    traces = Traces.of(layout);
    inspection =
        new RuncInspection(
            traces,
            claims,
            new TaskEnding(runtime(), new Leftovers(layout)),
            FifoInspection.beside(temp.resolve("d.sock"), temp.resolve("state"), traces));
  }

  @AfterEach
  void clean() throws IOException {
    for (Process process : processes) {
      process.destroyForcibly().onExit().join();
    }
    for (Path group : groups) {
      ControlGroups.remove(group);
    }
  }

  /** Knows the tasks whose ids are {@link #known}. */
  private TaskCalls runtime() {
    return (TaskCalls)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {TaskCalls.class},
            (self, method, arguments) -> {
              TaskName task = (TaskName) arguments[0];
              if (isSilent) {
                throw new UnavailableException("no supervisor");
              }
              if (!known.contains(task.id())) {
                throw new NotFoundException("task %s not found".formatted(task.id()));
              }
              calls.add(method.getName());
              return switch (method.getName()) {
                case "state" ->
                    new ProcessState(task.id(), 1, TaskStatus.STOPPED, "", "", "", false, 0, null);
                case "delete" -> forget(task);
                default -> throw new AssertionError(method);
              };
            });
  }

  private @Nullable Object forget(TaskName task) {
    known.remove(task.id());
    return null;
  }

  private Process sleeper() throws IOException {
    Process process = new ProcessBuilder("sleep", "1000").start();
    processes.add(process);
    return process;
  }

  /** A control group of this name with a process in it, which is noted to be the task's. */
  private Path claimed(Path bundle, Process process) throws IOException {
    Path base = Path.of("/sys/fs/cgroup/pids");
    Path hierarchy = Files.isDirectory(base) ? base : Path.of("/sys/fs/cgroup");
    assumeTrue(Files.isWritable(hierarchy.resolve("cgroup.procs")), "no control groups");
    Path group = Files.createDirectories(hierarchy.resolve(ID));
    groups.add(group);
    Files.writeString(group.resolve("cgroup.procs"), Long.toString(process.pid()));
    claims.note(new Bundle("ns", ID, bundle, bundle), (int) process.pid());
    return group;
  }

  private Path entry(Path bundle) throws IOException {
    Path directory = Files.createDirectories(temp.resolve("state/supervisor/tasks/ns/" + ID));
    Files.write(
        directory.resolve("task"),
        CreateTaskRequest.newBuilder()
            .setId(ID)
            .setBundle(bundle.toString())
            .setStdout(temp.resolve("fifo/used/x-stdout").toString())
            .build()
            .toByteArray());
    return directory;
  }

  private Path state(Path bundle, @Nullable ProcessBirth init) throws IOException {
    Path directory = Files.createDirectories(temp.resolve("state/runc/ns/" + ID));
    Files.writeString(
        directory.resolve("state.json"),
        """
        {"id":"x","init_process_pid":%d,"init_process_start":%d,
         "config":{"labels":["a=\\"bundle=/other\\"","bundle=%s"]}}
        """
            .formatted(init == null ? 0 : init.pid(), init == null ? 0 : init.ticks(), bundle));
    return directory;
  }

  private static ProcessBirth birth(Process process) {
    return ProcessBirth.of((int) process.pid()).orElseThrow();
  }

  private List<Finding> of(String kind) throws IOException {
    return inspection.inspect().stream().filter(finding -> finding.kind().equals(kind)).toList();
  }

  @Test
  void everything_ofATaskWithABundle_isNoFinding() throws IOException {
    Path bundle = Files.createDirectories(temp.resolve("bundle"));
    Process process = sleeper();
    Path group = claimed(bundle, process);
    Path entry = entry(bundle);
    Path state = state(bundle, birth(process));

    assertThat(inspection.inspect()).isEmpty();
    for (Finding forged :
        List.of(
            forged("process", birth(process).toString()),
            forged("cgroup", group.toString()),
            forged("supervisor-task", entry.toString()),
            forged("runc-state", state.toString()))) {
      assertThatThrownBy(() -> inspection.mend(forged))
          .isInstanceOf(FailedPreconditionException.class);
    }
    assertThat(process.isAlive()).isTrue();
  }

  private static Finding forged(String kind, String name) {
    return new Finding(kind, name, null, -1, "", "", "");
  }

  @Test
  void group_andProcessOfATaskThatIsGone_areFoundAndGoOneAfterTheOther() throws IOException {
    Process process = sleeper();
    Process child = sleeper();
    Path group = claimed(temp.resolve("gone"), process);
    Files.writeString(group.resolve("cgroup.procs"), Long.toString(child.pid()));

    Finding groupFound = of("cgroup").getFirst();
    List<Finding> found = of("process");

    assertThat(groupFound.name()).isEqualTo(group.toString());
    assertThat(groupFound.owner()).isEqualTo("ns/" + ID);
    assertThat(found)
        .extracting(Finding::name)
        .containsExactlyInAnyOrder(birth(process).toString(), birth(child).toString());
    assertThat(found).allSatisfy(one -> assertThat(one.reason()).contains("sleep"));
    assertThatThrownBy(() -> inspection.mend(groupFound))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining(Long.toString(process.pid()));
    for (Finding one : found) {
      inspection.mend(one);
      inspection.mend(one);
    }
    process.onExit().join();
    child.onExit().join();
    inspection.mend(groupFound);
    inspection.mend(groupFound);
    assertThat(group).doesNotExist();
    assertThat(claims.all()).isEmpty();
    assertThat(inspection.inspect()).isEmpty();
  }

  @Test
  void process_withAnotherStart_isNotKilled() throws IOException {
    Process process = sleeper();
    ProcessBirth other = new ProcessBirth((int) process.pid(), 1);
    state(temp.resolve("gone"), other);

    assertThat(of("process")).isEmpty();
    inspection.mend(forged("process", other.toString()));
    other.kill();

    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void process_ofNobody_isNotKilled() throws IOException {
    Process process = sleeper();

    assertThatThrownBy(() -> inspection.mend(forged("process", birth(process).toString())))
        .isInstanceOf(FailedPreconditionException.class);
    assertThat(process.isAlive()).isTrue();
  }

  @Test
  void state_ofRunc_goesAfterItsProcess() throws IOException {
    Process process = sleeper();
    Path state = state(temp.resolve("gone"), birth(process));

    Finding found = of("runc-state").getFirst();
    assertThatThrownBy(() -> inspection.mend(found))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("process");
    assertThat(process.isAlive()).isTrue();
    inspection.mend(of("process").getFirst());
    inspection.mend(found);
    inspection.mend(found);

    assertThat(state).doesNotExist();
  }

  @Test
  void state_thatNamesNoBundle_isLeftToWhoeverMayBeMakingIt() throws IOException {
    Path state = Files.createDirectories(temp.resolve("state/runc/ns/" + ID));

    assertThat(inspection.inspect()).isEmpty();
    assertThatThrownBy(() -> inspection.mend(forged("runc-state", state.toString())))
        .isInstanceOf(FailedPreconditionException.class);
  }

  @Test
  void entry_theSupervisorDoesNotKnow_isRemoved() throws IOException {
    Path entry = entry(temp.resolve("gone"));

    Finding found = of("supervisor-task").getFirst();
    inspection.mend(found);
    inspection.mend(found);

    assertThat(found.reason()).contains("does not know");
    assertThat(entry).doesNotExist();
    assertThat(calls).isEmpty();
  }

  @Test
  void entry_theSupervisorKnows_isDeletedByTheSupervisor() throws IOException {
    known.add(ID);
    entry(temp.resolve("gone"));

    Finding found = of("supervisor-task").getFirst();
    inspection.mend(found);

    assertThat(found.reason()).contains("keeps it");
    assertThat(calls).endsWith("delete");
    assertThat(inspection.inspect()).isEmpty();
  }

  @Test
  void withoutSupervisor_nothingIsKnown() throws IOException {
    state(temp.resolve("gone"), null);
    isSilent = true;

    assertThatThrownBy(() -> inspection.inspect()).isInstanceOf(UnavailableException.class);
  }

  @Test
  void claim_doesNotNameGroupsThatAreShared() throws IOException {
    Process process = sleeper();
    Path group = claimed(temp.resolve("gone"), process);

    assertThat(ControlGroups.of((int) process.pid(), ID, "")).containsExactly(group);
    assertThat(ControlGroups.of((int) process.pid(), ID, "/" + ID)).isEmpty();
    assertThat(ControlGroups.of((int) process.pid(), "other", "")).isEmpty();
    assertThat(claims.find(TASK))
        .map(TaskClaims.Claim::init)
        .isEqualTo(Optional.of(birth(process)));
    claims.settle(TASK);
    assertThat(claims.find(TASK)).isPresent();
  }

  private Path pipes(String name, boolean isOld) throws IOException {
    Path directory = Files.createDirectories(temp.resolve("fifo").resolve(name));
    Fifos.create(directory.resolve("x-stdout"), 0600);
    if (isOld) {
      Files.setLastModifiedTime(directory, FileTime.from(Instant.now().minusSeconds(600)));
    }
    return directory;
  }

  @Test
  void pipes_thatNobodyUses_areFoundAndDeleted_othersStay() throws IOException {
    entry(Files.createDirectories(temp.resolve("bundle")));
    Path used = pipes("used", true);
    Path open = pipes("open", true);
    Path fresh = pipes("fresh", false);
    Path mixed = pipes("mixed", true);
    Files.createFile(mixed.resolve("file"));
    Files.setLastModifiedTime(mixed, FileTime.from(Instant.now().minusSeconds(600)));
    Path left = pipes("left", true);
    try (RandomAccessFile _ = new RandomAccessFile(open.resolve("x-stdout").toFile(), "rw")) {
      Finding found = of("fifo-directory").getFirst();

      assertThat(inspection.inspect()).hasSize(1);
      assertThat(found.name()).isEqualTo(left.toString());
      assertThat(found.owner()).isEqualTo("x");
      for (Path kept : List.of(used, open, fresh, mixed)) {
        assertThatThrownBy(() -> inspection.mend(forged("fifo-directory", kept.toString())))
            .isInstanceOf(FailedPreconditionException.class);
      }
      inspection.mend(found);
      inspection.mend(found);
    }
    assertThat(left).doesNotExist();
    assertThat(List.of(used, open, fresh, mixed)).allSatisfy(kept -> assertThat(kept).exists());
  }

  @Test
  void pipes_besideASocketThatIsNotWithOurState_areNotLookedAt() throws IOException {
    pipes("left", true);

    assertThat(
            FifoInspection.beside(temp.resolve("d.sock"), Path.of("/elsewhere"), traces).inspect())
        .isEmpty();
  }

  @Test
  void mend_ofAPathElsewhere_isRefused() {
    for (String kind : List.of("runc-state", "supervisor-task", "fifo-directory", "blob")) {
      assertThatThrownBy(() -> inspection.mend(forged(kind, "/tmp/elsewhere/ns/x")))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }
}
