// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import containerd.runc.v1.Options;
import containerd.runc.v1.ProcessDetails;
import containerd.task.v3.CheckpointTaskRequest;
import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import containerd.task.v3.KillRequest;
import containerd.task.v3.PauseRequest;
import containerd.task.v3.PidsRequest;
import containerd.task.v3.PidsResponse;
import containerd.task.v3.ResumeRequest;
import containerd.task.v3.StateResponse;
import containerd.task.v3.StatsRequest;
import containerd.task.v3.StatsResponse;
import containerd.task.v3.UpdateTaskRequest;
import containerd.types.Mount;
import containerd.v1.types.Status;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.errors.UnknownException;
import gantry.linux.Mounts;
import io.containerd.cgroups.v1.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SupervisorTest {
  private static final String SLEEP = "busybox sleep 1000";

  @TempDir Path dir;
  private TestDaemon daemon;
  private TestSupervisor supervisor;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(dir.resolve("daemon"));
    supervisor = new TestSupervisor(dir);
  }

  @AfterEach
  void stop() throws Exception {
    supervisor.end();
    daemon.close();
    Mounts.unmountRecursive(dir);
  }

  private TestBundle bundle(String id, String script) throws IOException {
    return TestBundle.of(dir.resolve(id), false, script);
  }

  private void run(String id, String script) throws Exception {
    supervisor.create(bundle(id, script), id, "");
    supervisor.start(id, "");
  }

  private static ExecProcessRequest exec(String id, String execId, String script) {
    return ExecProcessRequest.newBuilder()
        .setId(id)
        .setExecId(execId)
        .setSpec(TestBundle.exec(script))
        .build();
  }

  @Test
  void task_runsToItsExit() throws Exception {
    Path log = dir.resolve("logs/deep/out");
    int pid =
        supervisor.create(bundle("a", "echo hello; echo oops >&2; exit 7"), "a", "file://" + log);
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.CREATED);
    assertThat(supervisor.start("a", "")).isEqualTo(pid).isPositive();
    assertThat(supervisor.await("a", "")).isEqualTo(7);
    StateResponse state = supervisor.state("a", "");
    assertThat(state.getStatus()).isEqualTo(Status.STOPPED);
    assertThat(state.getExitStatus()).isEqualTo(7);
    assertThat(state.getPid()).isEqualTo(pid);
    assertThat(supervisor.delete("a", "").getExitStatus()).isEqualTo(7);
    assertThatThrownBy(() -> supervisor.state("a", ""))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("task a not found");
    assertThat(daemon.until("delete")).containsExactly("create", "start", "exit a 7", "delete");
    assertThat(log).hasContent("hello\noops\n");
    assertThat(dir.resolve("state/tasks/test/a")).doesNotExist();
    assertThat(dir.resolve("state/tmp")).isEmptyDirectory();
  }

  @Test
  void version2_isServedToo() throws Exception {
    run("a", SLEEP);
    StateResponse state =
        supervisor.call(
            "containerd.task.v2.Task",
            "State",
            containerd.task.v2.StateRequest.newBuilder().setId("a").build(),
            StateResponse.parser());
    assertThat(state.getStatus()).isEqualTo(Status.RUNNING);
  }

  @Test
  void rootfs_isMountedForTheTaskOnly() throws Exception {
    TestBundle bundle = bundle("a", "busybox cat /file");
    Path root = dir.resolve("a/root");
    Files.move(dir.resolve("a/rootfs"), root);
    Files.writeString(root.resolve("file"), "in the root");
    Path log = dir.resolve("out");
    supervisor.create(
        CreateTaskRequest.newBuilder()
            .setId("a")
            .setBundle(bundle.path().toString())
            .setStdout("file://" + log)
            .addRootfs(
                Mount.newBuilder()
                    .setType("bind")
                    .setSource(root.toString())
                    .addAllOptions(List.of("rbind", "ro")))
            .build());
    assertThat(Mounts.isMountPoint(dir.resolve("a/rootfs"))).isTrue();
    supervisor.start("a", "");
    assertThat(supervisor.await("a", "")).isZero();
    supervisor.delete("a", "");
    assertThat(log).hasContent("in the root");
    assertThat(Mounts.isMountPoint(dir.resolve("a/rootfs"))).isFalse();
  }

  @Test
  void exec_runsBesideTheInitProcess() throws Exception {
    run("a", SLEEP);
    Path log = dir.resolve("out");
    supervisor.exec(
        exec("a", "e1", "echo exec; exit 3").toBuilder().setStdout("file://" + log).build());
    assertThat(supervisor.state("a", "e1").getStatus()).isEqualTo(Status.CREATED);
    assertThat(supervisor.start("a", "e1")).isPositive();
    assertThat(supervisor.await("a", "e1")).isEqualTo(3);
    assertThatThrownBy(() -> supervisor.exec(exec("a", "e1", "true")))
        .isInstanceOf(AlreadyExistsException.class);
    assertThat(supervisor.delete("a", "e1").getExitStatus()).isEqualTo(3);
    assertThatThrownBy(() -> supervisor.state("a", "e1")).isInstanceOf(NotFoundException.class);
    assertThat(log).hasContent("exec\n");
    assertThat(daemon.until("exit"))
        .containsExactly("create", "start", "exec-added", "exec-started", "exit e1 3");
  }

  @Test
  void execOfAMissingProgram_saysSoAndCanBeDeleted() throws Exception {
    run("a", SLEEP);
    String json = "{\"args\":[\"/no/such\"],\"cwd\":\"/\",\"user\":{\"uid\":0,\"gid\":0}}";
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId("e")
            .setSpec(Any.newBuilder().setValue(ByteString.copyFromUtf8(json)))
            .build());
    assertThatThrownBy(() -> supervisor.start("a", "e"))
        .hasMessageStartingWith("OCI runtime exec failed: ")
        .hasMessageContaining("no such file or directory");
    assertThat(supervisor.await("a", "e")).isEqualTo(255);
    supervisor.delete("a", "e");
  }

  @Test
  void initExit_isReportedAfterThoseOfExecs() throws Exception {
    run("a", SLEEP);
    for (String id : List.of("e1", "e2", "e3")) {
      supervisor.exec(exec("a", id, SLEEP));
      supervisor.start("a", id);
    }
    supervisor.kill("a", "", 9);
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    assertThat(daemon.until("exit a"))
        .endsWith("exit a 137")
        .contains("exit e1 137", "exit e2 137", "exit e3 137");
    assertThatThrownBy(() -> supervisor.exec(exec("a", "late", "true")))
        .isInstanceOf(UnknownException.class);
  }

  @Test
  void kill_endsBySignal() throws Exception {
    run("a", "trap : TERM; " + SLEEP);
    supervisor.exec(exec("a", "e", SLEEP));
    assertThatThrownBy(() -> supervisor.kill("a", "e", 15))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageStartingWith("process not created");
    supervisor.start("a", "e");
    supervisor.kill("a", "e", 15);
    assertThat(supervisor.await("a", "e")).isEqualTo(143);
    assertThatThrownBy(() -> supervisor.kill("a", "e", 15))
        .isInstanceOf(NotFoundException.class)
        .hasMessageStartingWith("process already finished");
    supervisor.call(
        "Kill",
        KillRequest.newBuilder().setId("a").setSignal(9).setAll(true).build(),
        Empty.parser());
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    assertThatThrownBy(() -> supervisor.kill("a", "", 9))
        .isInstanceOf(NotFoundException.class)
        .hasMessageStartingWith("process already finished");
  }

  @Test
  void runningTask_isNotDeleted() throws Exception {
    run("a", SLEEP);
    assertThatThrownBy(() -> supervisor.delete("a", ""))
        .isInstanceOf(UnknownException.class)
        .hasMessageStartingWith("cannot delete a running process");
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
  }

  @Test
  void createdTask_isKilledByItsDeletion() throws Exception {
    supervisor.create(bundle("a", SLEEP), "a", "");
    assertThat(supervisor.delete("a", "").getExitStatus()).isEqualTo(137);
    assertThat(daemon.until("delete")).containsExactly("create", "exit a 137", "delete");
  }

  @Test
  void pause_freezesUntilResume() throws Exception {
    run("a", SLEEP);
    supervisor.call("Pause", PauseRequest.newBuilder().setId("a").build(), Empty.parser());
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.PAUSED);
    assertThatThrownBy(
            () ->
                supervisor.call(
                    "Pause", PauseRequest.newBuilder().setId("a").build(), Empty.parser()))
        .isInstanceOf(UnknownException.class);
    assertThatThrownBy(() -> supervisor.exec(exec("a", "e", "true")))
        .isInstanceOf(UnknownException.class);
    supervisor.call("Resume", ResumeRequest.newBuilder().setId("a").build(), Empty.parser());
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
    assertThat(daemon.until("resumed")).containsExactly("create", "start", "paused", "resumed");
  }

  @Test
  void killedWhilePaused_ends() throws Exception {
    run("a", SLEEP);
    supervisor.call("Pause", PauseRequest.newBuilder().setId("a").build(), Empty.parser());
    supervisor.kill("a", "", 9);
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    supervisor.delete("a", "");
  }

  @Test
  void pidsAndStats_areThoseOfTheContainer() throws Exception {
    run("a", SLEEP);
    supervisor.exec(exec("a", "e", SLEEP));
    int pid = supervisor.start("a", "e");
    PidsResponse pids =
        supervisor.call("Pids", PidsRequest.newBuilder().setId("a").build(), PidsResponse.parser());
    assertThat(pids.getProcessesList())
        .anySatisfy(
            process -> {
              assertThat(process.getPid()).isEqualTo(pid);
              assertThat(ProcessDetails.parseFrom(process.getInfo().getValue()).getExecId())
                  .isEqualTo("e");
            })
        .hasSizeGreaterThan(1);
    Any stats =
        supervisor
            .call("Stats", StatsRequest.newBuilder().setId("a").build(), StatsResponse.parser())
            .getStats();
    if (stats.getTypeUrl().equals("io.containerd.cgroups.v1.Metrics")) {
      Metrics metrics = Metrics.parseFrom(stats.getValue());
      assertThat(metrics.getPids().getCurrent()).isBetween(2L, 10L);
      assertThat(metrics.getMemory().getUsage().getUsage()).isPositive();
      assertThat(metrics.getCpu().getUsage().getTotal()).isPositive();
    } else {
      assertThat(stats.getTypeUrl()).isEqualTo("io.containerd.cgroups.v2.Metrics");
    }
  }

  @Test
  void update_changesLimits() throws Exception {
    run("a", SLEEP);
    String json = "{\"pids\":{\"limit\":33}}";
    supervisor.call(
        "Update",
        UpdateTaskRequest.newBuilder()
            .setId("a")
            .setResources(Any.newBuilder().setValue(ByteString.copyFromUtf8(json)))
            .build(),
        Empty.parser());
    Any stats =
        supervisor
            .call("Stats", StatsRequest.newBuilder().setId("a").build(), StatsResponse.parser())
            .getStats();
    // field 2 in version 1 and field 1 in version 2 have the same form: current 1, limit 2
    long limit =
        stats.getTypeUrl().contains(".v1.")
            ? Metrics.parseFrom(stats.getValue()).getPids().getLimit()
            : io.containerd.cgroups.v2.Metrics.parseFrom(stats.getValue()).getPids().getLimit();
    assertThat(limit).isEqualTo(33);
  }

  @Test
  void failedCheckpoint_saysWhyAndDoesNoHarm() throws Exception {
    run("a", SLEEP);
    assertThatThrownBy(
            () ->
                supervisor.call(
                    "Checkpoint",
                    CheckpointTaskRequest.newBuilder()
                        .setId("a")
                        .setPath(dir.resolve("image").toString())
                        .build(),
                    Empty.parser()))
        .hasMessageStartingWith("OCI runtime checkpoint failed: ");
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
  }

  @Test
  void failedCreate_leavesNothing() throws Exception {
    TestBundle bundle = bundle("a", "true");
    Files.delete(dir.resolve("a/rootfs/bin/sh"));
    CreateTaskRequest request =
        CreateTaskRequest.newBuilder()
            .setId("a")
            .setBundle(bundle.path().toString())
            .addRootfs(
                Mount.newBuilder()
                    .setType("bind")
                    .setSource(dir.resolve("a/rootfs").toString())
                    .addOptions("rbind"))
            .build();
    assertThatThrownBy(() -> supervisor.create(request))
        .isInstanceOf(GantryException.class)
        .hasMessageStartingWith("OCI runtime create failed: ")
        .hasMessageContaining("/bin/sh");
    assertThat(Mounts.isMountPoint(dir.resolve("a/rootfs"))).isFalse();
    assertThat(dir.resolve("state/tasks/test/a")).doesNotExist();
    assertThat(dir.resolve("state/runc/test/a")).doesNotExist();
    Files.createSymbolicLink(dir.resolve("a/rootfs/bin/sh"), Path.of("busybox"));
    assertThat(supervisor.create(request)).isPositive();
  }

  @Test
  void secondTaskOfTheSameName_isRefused() throws Exception {
    run("a", SLEEP);
    assertThatThrownBy(() -> supervisor.create(bundle("b", SLEEP), "a", ""))
        .isInstanceOf(AlreadyExistsException.class);
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
  }

  @Test
  void missingRuntime_isNamed() throws Exception {
    Options options = Options.newBuilder().setBinaryName("no-such-runtime").build();
    CreateTaskRequest request =
        CreateTaskRequest.newBuilder()
            .setId("a")
            .setBundle(bundle("a", SLEEP).path().toString())
            .setOptions(TestBundle.options(options))
            .build();
    assertThatThrownBy(() -> supervisor.create(request))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("\"no-such-runtime\" not found on PATH");
  }

  @Test
  void sharedPidNamespace_isEmptiedWhenInitEnds() throws Exception {
    Path log = dir.resolve("out");
    TestBundle bundle =
        TestBundle.withSharedPids(
            dir.resolve("a"), "busybox sleep 1000 & echo $!; busybox sleep 1; exit 0");
    supervisor.create(bundle, "a", "file://" + log);
    supervisor.start("a", "");
    assertThat(supervisor.await("a", "")).isZero();
    long orphan = Long.parseLong(Files.readString(log).strip());
    supervisor.delete("a", "");
    assertThat(ProcessHandle.of(orphan).filter(SupervisorTest::runs)).isEmpty();
    try (Orphans orphans = new Orphans(supervisor.exits)) {
      orphans.look();
      orphans.look();
    }
    assertThat(Path.of("/proc/" + orphan)).doesNotExist();
  }

  private static boolean runs(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return !stat.contains(") Z ");
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void instantExit_isAlwaysReportedAfterItsStart() throws Exception {
    for (int i = 0; i < 50; i++) {
      String id = "t" + i;
      run(id, "exit 5");
      assertThat(supervisor.await(id, "")).isEqualTo(5);
      supervisor.delete(id, "");
      assertThat(daemon.until("delete"))
          .containsExactly("create", "start", "exit " + id + " 5", "delete");
    }
  }

  @Test
  void tasksAtOnce_areKeptApart() throws Exception {
    List<Future<Integer>> statuses = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        String id = "t" + i;
        int status = i;
        statuses.add(
            threads.submit(
                () -> {
                  run(id, "exit " + status);
                  supervisor.await(id, "");
                  return supervisor.delete(id, "").getExitStatus();
                }));
      }
      for (int i = 0; i < 16; i++) {
        assertThat(statuses.get(i).get()).isEqualTo(i);
      }
    }
  }

  @Test
  void eventsOfADaemonThatIsAway_arriveWhenItIsBack() throws Exception {
    run("a", "busybox sleep 1; exit 4");
    assertThat(daemon.until("start")).containsExactly("create", "start");
    daemon.goAway();
    assertThat(supervisor.await("a", "")).isEqualTo(4);
    supervisor.delete("a", "");
    daemon.comeBack();
    // one whose receipt the daemon did not live to acknowledge is sent again
    List<String> after = daemon.until("delete");
    assertThat(after).endsWith("exit a 4", "delete").doesNotContain("create");
  }

  @Test
  void tasks_areTakenUpByTheNextSupervisor() throws Exception {
    run("running", SLEEP);
    supervisor.exec(exec("running", "e", SLEEP));
    supervisor.start("running", "e");
    run("ended", "exit 6");
    assertThat(supervisor.await("ended", "")).isEqualTo(6);
    supervisor.create(bundle("created", "exit 2"), "created", "");
    supervisor.crash();
    supervisor = new TestSupervisor(dir);
    assertThat(supervisor.state("running", "").getStatus()).isEqualTo(Status.RUNNING);
    assertThat(supervisor.state("running", "e").getStatus()).isEqualTo(Status.RUNNING);
    assertThat(supervisor.await("ended", "")).isEqualTo(6);
    assertThat(supervisor.state("created", "").getStatus()).isEqualTo(Status.CREATED);
    supervisor.start("created", "");
    assertThat(supervisor.await("created", "")).isEqualTo(2);
    supervisor.kill("running", "", 9);
    assertThat(supervisor.await("running", "e")).isEqualTo(137);
    assertThat(supervisor.await("running", "")).isEqualTo(137);
    for (String id : List.of("running", "ended", "created")) {
      supervisor.delete(id, "");
    }
  }
}
