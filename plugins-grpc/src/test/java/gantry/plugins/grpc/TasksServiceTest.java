// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.services.tasks.v1.CloseIORequest;
import containerd.services.tasks.v1.CreateTaskRequest;
import containerd.services.tasks.v1.DeleteProcessRequest;
import containerd.services.tasks.v1.ExecProcessRequest;
import containerd.services.tasks.v1.GetRequest;
import containerd.services.tasks.v1.KillRequest;
import containerd.services.tasks.v1.ListTasksRequest;
import containerd.services.tasks.v1.StartRequest;
import containerd.services.tasks.v1.TasksGrpc;
import containerd.services.tasks.v1.WaitRequest;
import gantry.errors.NotFoundException;
import gantry.plugins.TimeLimits;
import gantry.runtime.Exit;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskStatus;
import gantry.testkit.FixedHandle;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TasksServiceTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final ProcessState RUNNING =
      new ProcessState("c", 7, TaskStatus.RUNNING, "", "/out", "", true, 0, null);

  private final Fakes fakes = new Fakes();

  private Served serve(Map<String, Fakes.Answer> answers) throws Exception {
    return Served.in(
        "ns",
        new TasksService(
            FixedHandle.of(fakes.of(TaskManager.class, answers)), TimeLimits.STANDARD));
  }

  private static TasksGrpc.TasksBlockingStub stub(Served served) {
    return TasksGrpc.newBlockingStub(served.channel());
  }

  @Test
  void lifecycle_goesToTheTaskManager() throws Exception {
    Exit exit = new Exit(7, 137, AT);
    try (Served served =
        serve(
            Map.of(
                "create", a -> 7,
                "start", a -> 7,
                "get", a -> RUNNING,
                "list", a -> List.of(RUNNING),
                "deleteProcess", a -> exit,
                "await", a -> exit))) {
      var stub = stub(served);
      var created = stub.create(CreateTaskRequest.newBuilder().setContainerId("c").build());
      assertThat(created.getContainerId()).isEqualTo("c");
      assertThat(created.getPid()).isEqualTo(7);
      assertThat(stub.start(StartRequest.newBuilder().setContainerId("c").build()).getPid())
          .isEqualTo(7);
      var process = stub.get(GetRequest.newBuilder().setContainerId("c").build()).getProcess();
      assertThat(process.getStatus()).isEqualTo(containerd.v1.types.Status.RUNNING);
      assertThat(process.hasExitedAt()).isFalse();
      assertThat(stub.list(ListTasksRequest.getDefaultInstance()).getTasksList())
          .containsExactly(process);
      stub.kill(KillRequest.newBuilder().setContainerId("c").setSignal(9).setAll(true).build());
      assertThat(stub.wait(WaitRequest.newBuilder().setContainerId("c").build()).getExitStatus())
          .isEqualTo(137);
      var deleted =
          stub.deleteProcess(
              DeleteProcessRequest.newBuilder().setContainerId("c").setExecId("e").build());
      assertThat(deleted.getId()).isEqualTo("e");
      assertThat(deleted.getExitedAt().getSeconds()).isEqualTo(AT.getEpochSecond());
      assertThat(fakes.calls())
          .contains("start[ns, c, ]", "kill[ns, c, , 9, true]", "deleteProcess[ns, c, e]");
    }
  }

  @Test
  void notFound_keepsTheTextClientsMatch() throws Exception {
    try (Served served =
        serve(
            Map.of(
                "get",
                a -> {
                  throw new NotFoundException("task c not found");
                }))) {
      assertThatThrownBy(
              () -> stub(served).get(GetRequest.newBuilder().setContainerId("c").build()))
          .hasMessage("NOT_FOUND: task c not found");
    }
  }

  @Test
  void exec_needsAnId() throws Exception {
    try (Served served = serve(Map.of())) {
      assertThatThrownBy(
              () -> stub(served).exec(ExecProcessRequest.newBuilder().setContainerId("c").build()))
          .hasMessageContaining("exec id cannot be empty");
      assertThat(fakes.calls()).isEmpty();
    }
  }

  @Test
  void closeIo_closesTheInputOnlyIfAsked() throws Exception {
    try (Served served = serve(Map.of())) {
      stub(served).closeIO(CloseIORequest.newBuilder().setContainerId("c").build());
      assertThat(fakes.calls()).isEmpty();
      stub(served).closeIO(CloseIORequest.newBuilder().setContainerId("c").setStdin(true).build());
      assertThat(fakes.calls()).containsExactly("closeStdin[ns, c, ]");
    }
  }

  @Test
  void create_tellsHowLongItsCallerWaits() throws Exception {
    AtomicReference<Duration> told = new AtomicReference<>();
    try (Served served =
        serve(
            Map.of(
                "create",
                a -> {
                  told.set((Duration) a[2]);
                  return 7;
                }))) {
      CreateTaskRequest request = CreateTaskRequest.newBuilder().setContainerId("c").build();
      assertThat(stub(served).withDeadlineAfter(50, TimeUnit.SECONDS).create(request).getPid())
          .isEqualTo(7);
      assertThat(told.get()).isBetween(Duration.ZERO, Duration.ofSeconds(50));

      stub(served).create(request);
      assertThat(told.get()).isEqualTo(TaskLimit.CREATE.standard().plusMinutes(2));
    }
  }

  @Test
  void waitThatIsGivenUp_letsGoOfTheTaskManager() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    FixedHandle<TaskManager> handle =
        FixedHandle.of(
            fakes.of(
                TaskManager.class,
                Map.of(
                    "await",
                    a -> {
                      waiting.countDown();
                      try {
                        new CountDownLatch(1).await(20, TimeUnit.SECONDS);
                      } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                      }
                      return null;
                    })));
    try (Served served = Served.in("ns", new TasksService(handle, TimeLimits.STANDARD))) {
      var call =
          TasksGrpc.newFutureStub(served.channel())
              .wait(WaitRequest.newBuilder().setContainerId("c").build());
      waiting.await();
      assertThat(handle.openLeases()).isEqualTo(1);
      call.cancel(true);
      assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(handle.openLeases()).isZero();
  }

  @Test
  void callWithoutNamespace_isRefused() throws Exception {
    try (Served served =
        Served.withoutNamespace(
            new TasksService(
                FixedHandle.of(fakes.of(TaskManager.class, Map.of())), TimeLimits.STANDARD))) {
      assertThatThrownBy(() -> stub(served).list(ListTasksRequest.getDefaultInstance()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.FAILED_PRECONDITION))
          .hasMessageContaining("namespace is required");
    }
    try (Served served =
        Served.in(
            "bad namespace",
            new TasksService(
                FixedHandle.of(fakes.of(TaskManager.class, Map.of())), TimeLimits.STANDARD))) {
      assertThatThrownBy(() -> stub(served).list(ListTasksRequest.getDefaultInstance()))
          .hasMessageStartingWith("INVALID_ARGUMENT: namespace validation: identifier");
    }
  }
}
