// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.runtime.bootstrap.v1.BootstrapParams;
import containerd.runtime.bootstrap.v1.BootstrapResult;
import gantry.errors.DeadlineExceededException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.names.Namespace;
import gantry.plugins.TimeLimits;
import gantry.runtime.Bundle;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskManager;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.runtime.TaskSandbox;
import gantry.runtime.TaskStatus;
import gantry.testkit.FixedHandle;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShimRuntimeTest {
  private static final String NS = "ns";
  private static final @Nullable TypedValue NO_OPTIONS = null;

  @TempDir Path directory;

  private final BlockingQueue<String> lost = new LinkedBlockingQueue<>();
  private Path socket;
  private FakeShim shim;
  private FakeProgram program;
  private ShimRuntime runtime;

  @BeforeEach
  void start() throws IOException {
    socket = directory.resolve("shim.sock");
    shim = new FakeShim(socket, "v3");
    program = FakeProgram.make(directory, "containerd-shim-fake-v1", answer(3, socket));
    runtime = runtime(TimeLimits.STANDARD);
  }

  @AfterEach
  void stop() throws IOException {
    runtime.close();
    shim.thawed.countDown();
    shim.exit();
    shim.close();
  }

  @Test
  void create_startsTheProgramInTheBundle_andCreatesTheTask() throws Exception {
    TypedValue options = new TypedValue("some.Options", new byte[] {8, 1});

    assertThat(runtime.create(bundle("c1"), request("c1", options))).isEqualTo(FakeShim.PID);

    BootstrapParams told =
        BootstrapParams.parseFrom(Files.readAllBytes(program.directory().resolve("start.in")));
    assertThat(told.getInstanceId()).isEqualTo("c1");
    assertThat(told.getNamespace()).isEqualTo(NS);
    assertThat(told.getContainerdTtrpcAddress()).isEqualTo("/run/g.sock.ttrpc");
    assertThat(told.getExtensions(0).getValue().getTypeUrl()).isEqualTo("some.Options");
    assertThat(program.note("start.args"))
        .startsWith("-namespace ns -address /run/g.sock -publish-binary /bin/gantryd -id c1")
        .endsWith("start");
    assertThat(program.note("start.cwd")).isEqualTo(bundle("c1").state().toString());
    assertThat(program.note("start.env").lines())
        .contains(
            "TTRPC_ADDRESS=/run/g.sock.ttrpc",
            "GRPC_ADDRESS=/run/g.sock",
            "NAMESPACE=ns",
            "GOMAXPROCS=2",
            "MAX_SHIM_VERSION=2",
            "MINE=1");
    assertThat(bundle("c1").state().resolve("shim-binary-path"))
        .hasContent(program.path().toString());
    assertThat(bundle("c1").state().resolve("bootstrap.json")).content().contains("unix://");
    assertThat(runtime.state(task("c1"), "").status()).isEqualTo(TaskStatus.RUNNING);
  }

  @Test
  void create_byAProgramThatTakesOptionsOnly_tellsItNothingElse() throws Exception {
    program.refuseInput("type with url c1: not found");

    assertThat(runtime.create(bundle("c1"), request("c1"))).isEqualTo(FakeShim.PID);

    assertThat(program.note("start.in")).isEmpty();
  }

  @Test
  void create_byAShimOfVersionTwo_isDoneInItsWay() throws Exception {
    shim.close();
    shim = new FakeShim(socket, "v2");

    assertThat(runtime.create(bundle("c1"), request("c1"))).isEqualTo(FakeShim.PID);

    assertThat(bundle("c1").state().resolve("bootstrap.json")).content().contains("\"version\":2");
    assertThat(runtime.state(task("c1"), "").pid()).isEqualTo(FakeShim.PID);
  }

  @Test
  void create_thatTheShimRefuses_leavesNothing() throws Exception {
    shim.refusal = "no such program";

    assertThatThrownBy(() -> runtime.create(bundle("c1"), request("c1")))
        .isInstanceOf(UnknownException.class)
        .hasMessage("no such program");

    shim.awaitCall("Shutdown c1");
    assertThat(program.wasRun("delete")).isTrue();
    assertThat(directory.resolve("links/ns/c1")).doesNotExist();
    assertThat(lost).isEmpty();
    assertThatThrownBy(() -> runtime.state(task("c1"), "")).isInstanceOf(NotFoundException.class);
  }

  @Test
  void create_thatTheProgramRefuses_saysWhatItSays() throws Exception {
    Files.writeString(program.path(), "#!/bin/sh\necho out of luck >&2\nexit 4\n");

    assertThatThrownBy(() -> runtime.create(bundle("c1"), request("c1")))
        .isInstanceOf(UnknownException.class)
        .hasMessage("failed to start shim: start failed: out of luck: exit status 4");
  }

  @Test
  void create_byAMissingProgram_saysThatNoShimWasStarted() throws Exception {
    CreateTask request =
        new CreateTask(
            "c1", List.of(), new ProcessIo("", "", "", false), null, null, "io.containerd.nope.v1");

    assertThatThrownBy(() -> runtime.create(bundle("c1"), request))
        .isInstanceOf(UnknownException.class)
        .hasMessageStartingWith(
            "failed to start shim: failed to resolve runtime path: runtime"
                + " \"io.containerd.nope.v1\" binary not installed");
  }

  @Test
  void create_inASandbox_startsNothing_andItsShimStays() throws Exception {
    TaskSandbox sandbox = new TaskSandbox("s1", "ttrpc+unix://" + socket, 3);

    assertThat(runtime.create(bundle("c1"), request("c1", sandbox))).isEqualTo(FakeShim.PID);

    assertThat(program.wasRun("start")).isFalse();
    assertThat(bundle("c1").state().resolve("sandbox")).hasContent("s1");
    assertThat(bundle("c1").state().resolve("bootstrap.json")).content().contains("unix://");
    assertThat(runtime.state(task("c1"), "").pid()).isEqualTo(FakeShim.PID);
    runtime.delete(task("c1"), "");
    shim.awaitCall("Delete c1");
    assertThat(shim.seen).doesNotContain("Shutdown c1");
    assertThat(directory.resolve("links/ns/c1")).doesNotExist();
  }

  @Test
  void create_inASandboxOfTheController_findsItsShim() throws Exception {
    new ShimFiles(sandbox("s1")).write(new Bootstrap(3, "unix://" + socket, "ttrpc"));

    runtime.create(bundle("c1"), request("c1", new TaskSandbox("s1", "", 0)));

    assertThat(program.wasRun("start")).isFalse();
    shim.awaitCall("Create c1");
  }

  @Test
  void create_inASandboxWithAnOldShim_isLeftToTheProgram() throws Exception {
    new ShimFiles(sandbox("s1")).write(new Bootstrap(2, "unix://" + socket, "ttrpc"));

    runtime.create(bundle("c1"), request("c1", new TaskSandbox("s1", "", 0)));

    assertThat(program.wasRun("start")).isTrue();
    assertThat(bundle("c1").state().resolve("sandbox")).doesNotExist();
  }

  @Test
  void cleanup_ofATaskInASandbox_removesItFromTheShim_whichStays() throws Exception {
    TaskSandbox sandbox = new TaskSandbox("s1", "unix://" + socket, 3);
    runtime.create(bundle("c1"), request("c1", sandbox));
    shim.exit();

    runtime.cleanup(bundle("c1"));

    shim.awaitCall("Kill c1");
    shim.awaitCall("Delete c1");
    assertThat(shim.seen).doesNotContain("Shutdown c1");
    assertThat(program.wasRun("delete")).isFalse();
  }

  @Test
  void delete_endsTheShim() throws Exception {
    runtime.create(bundle("c1"), request("c1"));

    Exit exit = runtime.delete(task("c1"), "");

    assertThat(exit.status()).isEqualTo(FakeShim.STATUS);
    shim.awaitCall("Shutdown c1");
    assertThat(program.wasRun("delete")).isFalse();
    assertThat(directory.resolve("links/ns/c1")).doesNotExist();
    assertThat(lost).isEmpty();
  }

  @Test
  void delete_ofOneOfAGroup_leavesTheShimToTheOthers() throws Exception {
    runtime.create(bundle("c1"), request("c1"));
    runtime.create(bundle("c2"), request("c2"));

    runtime.delete(task("c1"), "");

    assertThat(shim.seen).doesNotContain("Shutdown c1");
    assertThat(runtime.state(task("c2"), "").pid()).isEqualTo(FakeShim.PID);
    runtime.delete(task("c2"), "");
    shim.awaitCall("Shutdown c2");
  }

  @Test
  void state_ofAFrozenShim_isRefusedAtOnceUntilItAnswersAgain() throws Exception {
    runtime.close();
    runtime =
        runtime(
            (key, standard) ->
                key.equals(TaskLimit.STATE.key()) ? Duration.ofMillis(300) : standard);
    runtime.create(bundle("c1"), request("c1"));
    shim.thawed = new CountDownLatch(1);

    assertThatThrownBy(() -> runtime.state(task("c1"), ""))
        .isInstanceOf(DeadlineExceededException.class);
    shim.awaitCall("Connect c1");
    assertThatThrownBy(() -> runtime.state(task("c1"), ""))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("has not answered since");
    CompletableFuture<Void> kill =
        CompletableFuture.runAsync(() -> runtime.kill(task("c1"), "", 9, false));
    shim.thawed.countDown();

    kill.get(60, TimeUnit.SECONDS);
    assertThat(runtime.state(task("c1"), "").pid()).isEqualTo(FakeShim.PID);
  }

  @Test
  void await_endsWithTheProcess() throws Exception {
    runtime.create(bundle("c1"), request("c1"));
    CompletableFuture<Exit> end = await("c1");
    shim.awaitCall("Wait c1");

    shim.exit();

    assertThat(end.get(60, TimeUnit.SECONDS).status()).isEqualTo(FakeShim.STATUS);
  }

  @Test
  void await_ofAShimThatDies_tellsHowItsProgramCleanedUp() throws Exception {
    runtime.create(bundle("c1"), request("c1"));
    CompletableFuture<Exit> end = await("c1");
    shim.awaitCall("Wait c1");

    shim.close();

    assertThat(lost.poll(60, TimeUnit.SECONDS)).isEqualTo("ns/c1");
    assertThatThrownBy(() -> runtime.state(task("c1"), "")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> runtime.delete(task("c1"), "")).isInstanceOf(NotFoundException.class);
    assertThat(runtime.cleanup(bundle("c1")).status()).isEqualTo(FakeProgram.STATUS);
    assertThat(end.get(60, TimeUnit.SECONDS).status()).isEqualTo(FakeProgram.STATUS);
    assertThat(program.note("delete.args")).endsWith("-bundle " + bundle("c1").state() + " delete");
    assertThat(directory.resolve("links/ns/c1")).doesNotExist();
  }

  @Test
  void cleanup_afterAStartThatNobodyFinished_endsTheShim() throws Exception {
    Path usual = settings().usualSocket(NS, "c1");
    Files.createDirectories(usual.getParent());
    try (FakeShim orphan = new FakeShim(usual, "v3")) {
      Exit exit = runtime.cleanup(bundle("c1"));

      assertThat(exit.status()).isEqualTo(255);
      orphan.awaitCall("Shutdown c1");
    }
  }

  @Test
  void cleanup_afterAShimThatWasKilled_removesItsSocket() throws Exception {
    Path usual = settings().usualSocket(NS, "c1");
    Files.createDirectories(usual.getParent());
    try (ServerSocketChannel abandoned = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      abandoned.bind(UnixDomainSocketAddress.of(usual));
    }

    runtime.cleanup(bundle("c1"));

    assertThat(usual).doesNotExist();
  }

  @Test
  void successor_findsTheTasks_andWaitsGoOnInIt() throws Exception {
    runtime.create(bundle("c1"), request("c1"));
    CompletableFuture<Exit> first = await("c1");
    shim.awaitCall("Wait c1");

    ShimRuntime before = runtime;
    runtime = runtime(TimeLimits.STANDARD);
    before.close();

    assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnavailableException.class);
    CompletableFuture<Exit> second = await("c1");
    shim.awaitCall("Wait c1");
    shim.exit();
    assertThat(second.get(60, TimeUnit.SECONDS).status()).isEqualTo(FakeShim.STATUS);
    assertThat(lost).isEmpty();
  }

  @Test
  void start_besideATaskWhoseShimIsGone_tellsThatItIsLost() throws Exception {
    runtime.create(bundle("c1"), request("c1"));
    runtime.close();
    shim.close();

    runtime = runtime(TimeLimits.STANDARD);

    assertThat(lost.poll(60, TimeUnit.SECONDS)).isEqualTo("ns/c1");
  }

  @Test
  void start_besideALinkWithoutBundle_removesIt() throws Exception {
    runtime.close();
    Path link = directory.resolve("links/ns/gone");
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, directory.resolve("no-such-bundle"));
    ShimLinks links = new ShimLinks(directory.resolve("links"));
    try (ShimLogs logs = new ShimLogs();
        Shims shims = new Shims(links, logs, TimeLimits.STANDARD, task -> {})) {
      shims.load(new TaskName(NS, "gone"));
    }

    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  private CompletableFuture<Exit> await(String id) {
    ShimRuntime now = runtime;
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return now.await(task(id), "");
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        command -> Thread.ofVirtual().start(command));
  }

  private ShimRuntime runtime(TimeLimits limits) {
    TaskManager manager =
        (TaskManager)
            Proxy.newProxyInstance(
                TaskManager.class.getClassLoader(),
                new Class<?>[] {TaskManager.class},
                (proxy, method, arguments) -> told(arguments));
    ShimRuntime made =
        new ShimRuntime(
            settings(),
            new Programs(directory.toString(), directory),
            directory.resolve("links"),
            directory.resolve("sandboxes"),
            limits);
    made.bindTasks(FixedHandle.of(manager));
    return made;
  }

  private @Nullable Object told(Object[] arguments) {
    lost.add(((Namespace) arguments[0]).name() + "/" + arguments[1]);
    return null;
  }

  private ShimSettings settings() {
    return new ShimSettings(
        Path.of("/run/g.sock"),
        Path.of("/bin/gantryd"),
        directory.resolve("s"),
        List.of("MINE=1"),
        "2.0.0");
  }

  private static byte[] answer(int version, Path socket) {
    return BootstrapResult.newBuilder()
        .setVersion(version)
        .setAddress("unix://" + socket)
        .setProtocol("ttrpc")
        .build()
        .toByteArray();
  }

  private static TaskName task(String id) {
    return new TaskName(NS, id);
  }

  private Bundle bundle(String id) throws IOException {
    Path state = Files.createDirectories(directory.resolve("bundles").resolve(id));
    Files.createDirectories(state.resolve("rootfs"));
    return new Bundle(NS, id, state, directory.resolve("work").resolve(id));
  }

  private Path sandbox(String id) throws IOException {
    Path bundle = Files.createDirectories(directory.resolve("sandbox-bundles").resolve(id));
    new ShimLinks(directory.resolve("sandboxes")).add(task(id), bundle);
    return bundle;
  }

  private static CreateTask request(String id) {
    return request(id, NO_OPTIONS);
  }

  private static CreateTask request(String id, TaskSandbox sandbox) {
    return new CreateTask(
        id,
        List.of(),
        new ProcessIo("", "", "", false),
        null,
        null,
        "io.containerd.fake.v1",
        "",
        sandbox);
  }

  private static CreateTask request(String id, @Nullable TypedValue options) {
    return new CreateTask(
        id, List.of(), new ProcessIo("", "", "", false), null, options, "io.containerd.fake.v1");
  }
}
