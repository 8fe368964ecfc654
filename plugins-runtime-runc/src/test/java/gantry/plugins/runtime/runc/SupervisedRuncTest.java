// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.KillRequest;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.mounts.Mount;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskStatus;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SupervisedRuncTest {
  private static final TaskName C1 = new TaskName("ns", "c1");

  @TempDir Path directory;

  private SupervisorLayout layout;
  private FakeSupervisor supervisor;
  private SupervisedRunc runtime;

  @BeforeEach
  void start() throws IOException {
    layout =
        new SupervisorLayout(
            directory.resolve("no-such-program"),
            directory.resolve("s.sock"),
            directory.resolve("state"),
            directory.resolve("events"),
            directory.resolve("runc"),
            directory.resolve("log"),
            directory.resolve("pid-file"),
            "");
    supervisor = new FakeSupervisor(layout.socket());
    runtime = new SupervisedRunc(layout, 0);
  }

  @AfterEach
  void stop() throws IOException {
    runtime.close();
    supervisor.close();
  }

  @Test
  void create_asksTheSupervisorInTheNamespace() throws InterruptedException {
    TypedValue options = new TypedValue("containerd.runc.v1.Options", new byte[] {8, 1});
    CreateTask request =
        new CreateTask(
            "c1",
            List.of(Mount.of("bind", "/src", List.of("ro"))),
            new ProcessIo("", "/out", "/err", false),
            null,
            options,
            "");

    assertThat(runtime.create(bundle("c1"), request)).isEqualTo(FakeSupervisor.PID);

    FakeSupervisor.Seen call = supervisor.next();
    assertThat(call.namespace()).isEqualTo("ns");
    CreateTaskRequest seen = (CreateTaskRequest) call.request();
    assertThat(seen.getBundle()).isEqualTo(bundle("c1").state().toString());
    assertThat(seen.getRootfs(0).getOptionsList()).containsExactly("ro");
    assertThat(seen.getStdout()).isEqualTo("/out");
    assertThat(seen.getOptions().getTypeUrl()).isEqualTo("containerd.runc.v1.Options");
  }

  @Test
  void state_isDecoded_andHasTheExecsId() {
    ProcessState init = runtime.state(C1, "");
    ProcessState exec = runtime.state(C1, "e1");

    assertThat(init.id()).isEqualTo("c1");
    assertThat(init.status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(init.exitedAt()).isNull();
    assertThat(exec.id()).isEqualTo("e1");
  }

  @Test
  void state_ofUnknownTask_isNotFound() {
    assertThatThrownBy(() -> runtime.state(new TaskName("ns", "c2"), ""))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("container c2");
  }

  @Test
  void kill_passesSignalAndAll() throws InterruptedException {
    runtime.kill(C1, "e1", 15, true);

    KillRequest seen = (KillRequest) supervisor.next().request();
    assertThat(seen.getSignal()).isEqualTo(15);
    assertThat(seen.getAll()).isTrue();
    assertThat(seen.getExecId()).isEqualTo("e1");
  }

  @Test
  void otherCalls_areAnswered() {
    assertThat(runtime.start(C1, "")).isEqualTo(FakeSupervisor.PID);
    assertThat(runtime.pids(C1))
        .containsExactly(
            new ProcessDetails(FakeSupervisor.PID, ""),
            new ProcessDetails(FakeSupervisor.PID + 1, "e1"));
    assertThat(runtime.stats(C1).typeUrl()).isEqualTo("io.containerd.cgroups.v2.Metrics");
    Exit exit = runtime.delete(C1, "");
    assertThat(exit.status()).isEqualTo(3);
    assertThat(exit.exitedAt().getEpochSecond()).isEqualTo(FakeSupervisor.AT.getSeconds());
  }

  @Test
  void await_outlastsTheConnection() throws Exception {
    CompletableFuture<Exit> exit = await();
    assertThat(supervisor.next().method()).isEqualTo("Wait");

    supervisor.close();
    supervisor = new FakeSupervisor(layout.socket());

    assertThat(supervisor.next().method()).isEqualTo("Wait");
    supervisor.exited.countDown();
    assertThat(exit.get(10, TimeUnit.SECONDS).status()).isEqualTo(3);
  }

  @Test
  void close_endsWaits_andLeavesTheSupervisor() throws Exception {
    CompletableFuture<Exit> exit = await();
    assertThat(supervisor.next().method()).isEqualTo("Wait");

    runtime.close();

    assertThatThrownBy(() -> exit.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnavailableException.class);
    try (SupervisedRunc next = new SupervisedRunc(layout, 0)) {
      assertThat(next.state(C1, "").pid()).isEqualTo(FakeSupervisor.PID);
    }
  }

  @Test
  void close_whileACallIsUnderWay_letsItEnd() throws Exception {
    supervisor.startable = new CountDownLatch(1);
    CompletableFuture<Exit> exit = await();
    assertThat(supervisor.next().method()).isEqualTo("Wait");
    CompletableFuture<Integer> pid = CompletableFuture.supplyAsync(() -> runtime.start(C1, ""));
    assertThat(supervisor.next().method()).isEqualTo("Start");

    runtime.close();
    supervisor.startable.countDown();

    assertThat(pid.get(10, TimeUnit.SECONDS)).isEqualTo(FakeSupervisor.PID);
    assertThatThrownBy(() -> exit.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnavailableException.class);
    assertThatThrownBy(() -> runtime.start(C1, "")).isInstanceOf(UnavailableException.class);
  }

  @Test
  void calls_withoutSupervisor_sayWhatIsMissing() throws Exception {
    runtime.state(C1, "");
    supervisor.close();

    assertThatThrownBy(() -> runtime.state(C1, ""))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("no-such-program");
  }

  @Test
  void cleanup_removesMounts_andGuessesTheExit() throws IOException {
    Bundle bundle = bundle("c9");
    Files.createDirectories(bundle.rootfs());
    Files.writeString(bundle.state().resolve("init.pid"), "77");

    Exit exit = runtime.cleanup(bundle);

    assertThat(exit.pid()).isEqualTo(77);
    assertThat(exit.status()).isEqualTo(137);
  }

  private CompletableFuture<Exit> await() {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return runtime.await(C1, "");
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private Bundle bundle(String id) {
    return new Bundle(
        "ns", id, directory.resolve("bundles").resolve(id), directory.resolve("work"));
  }
}
