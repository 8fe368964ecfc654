// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessDetails;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskStatus;
import gantry.ttrpc.TtrpcMethod;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With the real supervisor, in a process of its own, and the real runc. */
@Timeout(60)
class RealSupervisorTest {
  private static final String LOOP = "trap 'exit 5' TERM; echo up; while :; do sleep 0.1; done";

  @TempDir Path directory;

  private final List<TestBundle> bundles = new ArrayList<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private SupervisorLayout layout;
  private TtrpcServer daemon;
  private SupervisedRunc runtime;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(TestBundle.isPossible(), "no static busybox or no runc");
    layout =
        new SupervisorLayout(
            directory.resolve("gantry-supervisor"),
            directory.resolve("s.sock"),
            directory.resolve("supervisor"),
            directory.resolve("d.ttrpc"),
            directory.resolve("runc"),
            directory.resolve("supervisor.log"),
            directory.resolve("pid-file"),
            "");
    program();
    daemon = daemon();
    runtime = new SupervisedRunc(layout, -500);
  }

  @AfterEach
  void stop() throws Exception {
    runtime.close();
    daemon.close();
    for (ProcessHandle supervisor : supervisors()) {
      supervisor.destroyForcibly();
      supervisor.onExit().get(10, TimeUnit.SECONDS);
    }
    // Whatever a case that failed has left running.
    bundles.forEach(bundle -> new Leftovers(layout).remove(bundle.bundle()));
  }

  @Test
  void container_runs_andTellsOfIt() throws Exception {
    TestBundle bundle = bundle("run1", "echo hello; echo oops >&2; exit 7");

    int pid = runtime.create(bundle.bundle(), bundle.request());
    assertThat(runtime.state(bundle.task(), "").status()).isEqualTo(TaskStatus.CREATED);
    CompletableFuture<Exit> exit = await(bundle.task(), "");
    assertThat(runtime.start(bundle.task(), "")).isEqualTo(pid);

    assertThat(exit.get(20, TimeUnit.SECONDS).status()).isEqualTo(7);
    assertThat(runtime.state(bundle.task(), "").status()).isEqualTo(TaskStatus.STOPPED);
    Exit deleted = runtime.delete(bundle.task(), "");
    assertThat(deleted.status()).isEqualTo(7);
    assertThat(deleted.pid()).isEqualTo(pid);
    assertThat(bundle.output()).hasContent("hello\noops");
    assertThatThrownBy(() -> runtime.state(bundle.task(), ""))
        .isInstanceOf(NotFoundException.class);
    assertThat(topics(4))
        .containsExactly("/tasks/create", "/tasks/start", "/tasks/exit", "/tasks/delete");
  }

  @Test
  void exec_runsBesideTheInitProcess() throws Exception {
    TestBundle bundle = running("exec1", LOOP);
    TaskName task = bundle.task();

    runtime.exec(task, "e1", bundle.io(), process("echo from exec; exit 3"));
    assertThatThrownBy(() -> runtime.exec(task, "e1", bundle.io(), process("true")))
        .isInstanceOf(AlreadyExistsException.class);
    CompletableFuture<Exit> exit = await(task, "e1");
    assertThat(runtime.start(task, "e1")).isPositive();

    assertThat(exit.get(20, TimeUnit.SECONDS).status()).isEqualTo(3);
    assertThat(runtime.state(task, "e1").id()).isEqualTo("e1");
    assertThat(runtime.delete(task, "e1").status()).isEqualTo(3);
    assertThat(bundle.output()).content().contains("from exec");
    end(bundle);
  }

  @Test
  void container_isPaused_measuredAndLimited() throws Exception {
    TestBundle bundle = running("busy1", LOOP);
    TaskName task = bundle.task();

    runtime.pause(task);
    assertThat(runtime.state(task, "").status()).isEqualTo(TaskStatus.PAUSED);
    runtime.resume(task);
    assertThat(runtime.state(task, "").status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(runtime.pids(task))
        .extracting(ProcessDetails::pid)
        .contains(runtime.state(task, "").pid());
    assertThat(runtime.stats(task).typeUrl()).startsWith("io.containerd.cgroups.v");
    runtime.update(
        task,
        new TypedValue(
            TypedValue.RESOURCES,
            "{\"memory\":{\"limit\":50331648}}".getBytes(StandardCharsets.UTF_8)),
        Map.of());
    end(bundle);
  }

  @Test
  void delete_ofRunningContainer_isRefused() throws Exception {
    TestBundle bundle = running("del1", LOOP);

    assertThatThrownBy(() -> runtime.delete(bundle.task(), ""))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("cannot delete a running process");
    end(bundle);
  }

  @Test
  void kill_ofStoppedContainer_isNotFound() throws Exception {
    TestBundle bundle = running("kill1", "true");
    assertThat(await(bundle.task(), "").get(20, TimeUnit.SECONDS).status()).isZero();

    assertThatThrownBy(() -> runtime.kill(bundle.task(), "", 15, false))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("process already finished");
    runtime.delete(bundle.task(), "");
  }

  @Test
  void create_withBrokenSpec_leavesNothing() throws Exception {
    TestBundle bundle = bundle("broken1", "true");
    Files.writeString(
        bundle.bundle().state().resolve("config.json"),
        Files.readString(bundle.bundle().state().resolve("config.json"))
            .replace("/bin/busybox", "/bin/nothing"));

    CreateTask request = bundle.request();
    assertThatThrownBy(
            () -> {
              runtime.create(bundle.bundle(), request);
              runtime.start(bundle.task(), "");
            })
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("/bin/nothing");
    runtimeStateIsGoneAfterDelete(bundle);
  }

  @Test
  void container_isNotProtectedAsTheSupervisorIs() throws Exception {
    TestBundle bundle = running("oom1", LOOP);

    int pid = runtime.state(bundle.task(), "").pid();
    assertThat(Path.of("/proc/" + pid + "/oom_score_adj")).hasContent("0");
    end(bundle);
  }

  @Test
  void supervisor_endsWithTheDaemon_onlyWithoutContainers() throws Exception {
    TestBundle bundle = running("idle1", LOOP);
    ProcessHandle supervisor = supervisors().getFirst();

    runtime.daemonStops();
    assertThat(runtime.state(bundle.task(), "").status()).isEqualTo(TaskStatus.RUNNING);
    end(bundle);
    runtime.daemonStops();

    supervisor.onExit().get(10, TimeUnit.SECONDS);
    assertThat(supervisors()).isEmpty();
  }

  @Test
  void container_survivesTheDaemon() throws Exception {
    TestBundle bundle = running("daemon1", LOOP);
    runtime.close();
    daemon.close();

    daemon = daemon();
    runtime = new SupervisedRunc(layout, 0);

    assertThat(runtime.state(bundle.task(), "").status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(supervisors()).hasSize(1);
    end(bundle);
  }

  @Test
  void container_survivesTheSupervisor() throws Exception {
    TestBundle bundle = running("super1", LOOP);
    CompletableFuture<Exit> exit = await(bundle.task(), "");
    ProcessHandle first = supervisors().getFirst();
    assertThat(topics(2)).containsExactly("/tasks/create", "/tasks/start");

    first.destroyForcibly();
    first.onExit().get(10, TimeUnit.SECONDS);

    assertThat(runtime.state(bundle.task(), "").status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(supervisors()).hasSize(1).doesNotContain(first);
    runtime.kill(bundle.task(), "", 9, false);
    assertThat(exit.get(20, TimeUnit.SECONDS).status()).isPositive();
    runtime.delete(bundle.task(), "");
    assertThat(topics(2)).containsExactly("/tasks/exit", "/tasks/delete");
  }

  private TestBundle bundle(String id, String script) throws IOException {
    TestBundle bundle = TestBundle.make(directory, id, script);
    bundles.add(bundle);
    return bundle;
  }

  private TestBundle running(String id, String script) throws Exception {
    TestBundle bundle = bundle(id, script);
    runtime.create(bundle.bundle(), bundle.request());
    runtime.start(bundle.task(), "");
    return bundle;
  }

  private void end(TestBundle bundle) throws Exception {
    CompletableFuture<Exit> exit = await(bundle.task(), "");
    runtime.kill(bundle.task(), "", 9, false);
    assertThat(exit.get(20, TimeUnit.SECONDS).status()).isEqualTo(137);
    assertThat(runtime.delete(bundle.task(), "").status()).isEqualTo(137);
  }

  private void runtimeStateIsGoneAfterDelete(TestBundle bundle) {
    try {
      runtime.delete(bundle.task(), "");
    } catch (NotFoundException e) {
      assertThat(e).hasMessageContaining(bundle.bundle().id());
    }
    assertThat(layout.runtimeRoot(bundle.bundle().namespace()).resolve(bundle.bundle().id()))
        .doesNotExist();
  }

  private CompletableFuture<Exit> await(TaskName task, String execId) {
    SupervisedRunc asked = runtime;
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return asked.await(task, execId);
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        call -> Thread.ofVirtual().start(call));
  }

  private static TypedValue process(String script) {
    return new TypedValue(
        TypedValue.PROCESS, TestBundle.process(script).getBytes(StandardCharsets.UTF_8));
  }

  /** The topics of the next events. */
  private List<String> topics(int count) throws InterruptedException {
    List<String> topics = new ArrayList<>();
    while (topics.size() < count) {
      @Nullable String topic = events.poll(10, TimeUnit.SECONDS);
      if (topic == null) {
        throw new AssertionError("no further event after " + topics);
      }
      topics.add(topic);
    }
    return topics;
  }

  private TtrpcServer daemon() throws IOException {
    TtrpcMethod<ForwardRequest> forward =
        new TtrpcMethod<ForwardRequest>(
            "Forward",
            ForwardRequest.parser(),
            (request, call) -> {
              events.add(request.getEnvelope().getTopic());
              return (MessageLite) Empty.getDefaultInstance();
            });
    TtrpcServices services =
        new TtrpcServices().add("containerd.services.events.ttrpc.v1.Events", List.of(forward));
    return TtrpcServer.start(layout.events(), services);
  }

  /** Not from their handles: those know no arguments once a class path is long. */
  private List<ProcessHandle> supervisors() {
    return ProcessHandle.allProcesses()
        .filter(process -> commandLine(process).contains(layout.socket().toString()))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
    } catch (IOException e) {
      // it has just ended
      return "";
    }
  }

  private void program() throws IOException {
    Files.writeString(
        layout.program(),
        """
        #!/bin/sh
        exec %s/bin/java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto \
          --enable-native-access=ALL-UNNAMED -cp '%s' gantry.supervisor.Main "$@"
        """
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(layout.program(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
