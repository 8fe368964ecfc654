// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.runtime.bootstrap.v1.BootstrapParams;
import containerd.runtime.bootstrap.v1.BootstrapResult;
import containerd.runtime.sandbox.v1.CreateSandboxRequest;
import containerd.runtime.sandbox.v1.ShutdownSandboxRequest;
import containerd.runtime.sandbox.v1.StopSandboxRequest;
import containerd.runtime.sandbox.v1.WaitSandboxRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.labels.Labels;
import gantry.names.Namespace;
import gantry.oci.Platform;
import gantry.plugins.PluginMemory;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskLimit;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.SandboxCreation;
import gantry.sandboxes.SandboxExit;
import gantry.sandboxes.SandboxStart;
import gantry.sandboxes.SandboxStatus;
import gantry.testkit.HeapMemory;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ShimControllerTest {
  private static final Namespace NS = new Namespace("ns");
  private static final SandboxCreation CREATION =
      new SandboxCreation(
          List.of(), new TypedValue("pod", new byte[] {1}), "/run/netns/x", Map.of("k", "v"));

  @TempDir Path directory;

  private final PluginMemory memory = new HeapMemory();
  private Path socket;
  private FakeSandboxShim shim;
  private FakeProgram program;
  private ShimController controller;

  @BeforeEach
  void start() throws IOException {
    socket = directory.resolve("shim.sock");
    shim = new FakeSandboxShim(socket);
    program = FakeProgram.make(directory, "containerd-shim-fake-v1", answer());
    controller = controller(TimeLimits.STANDARD);
  }

  @AfterEach
  void stop() throws IOException {
    controller.close();
    shim.thawed.countDown();
    shim.exit();
    shim.close();
  }

  @Test
  void create_startsTheProgramInABundle_andHasItMakeTheSandbox() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);

    BootstrapParams told =
        BootstrapParams.parseFrom(Files.readAllBytes(program.directory().resolve("start.in")));
    assertThat(told.getInstanceId()).isEqualTo("s");
    assertThat(told.getNamespace()).isEqualTo("ns");
    assertThat(told.getExtensions(0).getValue().getTypeUrl()).isEqualTo("options");
    assertThat(program.note("start.cwd")).isEqualTo(bundle("s").toString());
    assertThat(bundle("s").resolve("config.json")).hasContent("{}");
    CreateSandboxRequest asked = shim.awaitCall(CreateSandboxRequest.class);
    assertThat(asked.getSandboxId()).isEqualTo("s");
    assertThat(asked.getBundlePath()).isEqualTo(bundle("s").toString());
    assertThat(asked.getNetnsPath()).isEqualTo("/run/netns/x");
    assertThat(asked.getOptions().getTypeUrl()).isEqualTo("pod");
    assertThat(asked.getAnnotationsMap()).isEqualTo(Map.of("k", "v"));
    assertThatThrownBy(() -> controller.create(NS, sandbox("s"), CREATION))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("sandbox s already running");
  }

  @Test
  void sandbox_isStartedAskedAndStopped() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);

    SandboxStart started = controller.start(NS, "s");
    assertThat(started.pid()).isEqualTo(FakeSandboxShim.PID);
    assertThat(started.endpoint().address()).isEqualTo("ttrpc+unix://" + socket);
    assertThat(started.endpoint().version()).isEqualTo(3);
    SandboxStatus status = controller.status(NS, "s", true);
    assertThat(status.state()).isEqualTo("SANDBOX_READY");
    assertThat(status.info()).isEqualTo(Map.of("more", "yes"));
    assertThat(status.exitedAt()).isNull();
    assertThat(status.endpoint()).isEqualTo(started.endpoint());
    assertThat(controller.platform(NS, "s")).isEqualTo(new Platform("linux", "arm64", ""));
    assertThat(controller.metrics(NS, "s").id()).isEqualTo("s");
    controller.stop(NS, "s", Duration.ofSeconds(5));
    assertThat(shim.awaitCall(StopSandboxRequest.class).getTimeoutSecs()).isEqualTo(5);
  }

  @Test
  void shutdown_leavesNothing_andTheIdIsFree() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);

    controller.shutdown(NS, "s");

    shim.awaitCall(ShutdownSandboxRequest.class);
    assertThat(program.wasRun("delete")).isTrue();
    assertThat(bundle("s")).doesNotExist();
    assertThat(directory.resolve("root/ns/s")).doesNotExist();
    assertThat(controller.status(NS, "s", false).state()).isEmpty();
    assertThatThrownBy(() -> controller.shutdown(NS, "s")).isInstanceOf(NotFoundException.class);
    try (FakeSandboxShim next = new FakeSandboxShim(socket)) {
      controller.create(NS, sandbox("s"), CREATION);
      next.awaitCall(CreateSandboxRequest.class);
    }
  }

  @Test
  void sandbox_thatIsNot_isStoppedAndNotFound() {
    controller.stop(NS, "s", Duration.ZERO);

    SandboxStatus status = controller.status(NS, "s", false);
    assertThat(status.state()).isEmpty();
    assertThat(status.exitedAt()).isBefore(Instant.now().plusSeconds(1));
    assertThatThrownBy(() -> controller.start(NS, "s"))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("sandbox s not found");
    assertThatThrownBy(() -> controller.await(NS, "s")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> controller.platform(NS, "s")).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> controller.create(NS, sandbox("../s"), CREATION))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void start_thatTheShimRefuses_leavesNothing() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);
    shim.refusal = "no machine";

    assertThatThrownBy(() -> controller.start(NS, "s"))
        .isInstanceOf(UnknownException.class)
        .hasMessage("no machine");

    shim.awaitCall(ShutdownSandboxRequest.class);
    assertThat(bundle("s")).doesNotExist();
    assertThat(controller.status(NS, "s", false).state()).isEmpty();
  }

  @Test
  void create_byAProgramThatFails_leavesNothing() throws Exception {
    Files.writeString(program.path(), "#!/bin/sh\necho out of luck >&2\nexit 4\n");

    assertThatThrownBy(() -> controller.create(NS, sandbox("s"), CREATION))
        .isInstanceOf(UnknownException.class)
        .hasMessageContaining("out of luck");

    assertThat(bundle("s")).doesNotExist();
  }

  @Test
  void create_overABundleThatACrashLeft_isDone() throws Exception {
    Files.createDirectories(bundle("s").resolve("rootfs"));

    controller.create(NS, sandbox("s"), CREATION);

    assertThat(controller.status(NS, "s", false).state()).isEqualTo("SANDBOX_READY");
  }

  @Test
  void await_tellsHowTheSandboxEnded_alsoInASuccessor() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);
    CompletableFuture<SandboxExit> first = await("s");
    shim.awaitCall(WaitSandboxRequest.class);

    ShimController before = controller;
    controller = controller(TimeLimits.STANDARD);
    before.close();

    assertThatThrownBy(() -> first.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(UnavailableException.class);
    CompletableFuture<SandboxExit> second = await("s");
    shim.awaitCall(WaitSandboxRequest.class);
    shim.exit();
    assertThat(second.get(60, TimeUnit.SECONDS).status()).isEqualTo(FakeSandboxShim.STATUS);
    assertThat(bundle("s")).exists();
  }

  @Test
  void shim_thatDies_isCleanedUpAfter() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);
    CompletableFuture<SandboxExit> end = await("s");
    shim.awaitCall(WaitSandboxRequest.class);

    shim.close();

    assertThatThrownBy(() -> end.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(NotFoundException.class);
    awaitCleanUp("s");
    assertThat(program.wasRun("delete")).isTrue();
    assertThat(controller.status(NS, "s", false).state()).isEmpty();
  }

  @Test
  void shutdown_besideAnother_waitsForIt() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);
    shim.thawed = new CountDownLatch(1);
    CompletableFuture<Void> first = shutdown("s");
    shim.awaitCall(ShutdownSandboxRequest.class);
    CompletableFuture<Void> second = shutdown("s");

    shim.thawed.countDown();

    first.get(60, TimeUnit.SECONDS);
    assertThatThrownBy(() -> second.get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(NotFoundException.class);
    assertThat(bundle("s")).doesNotExist();
  }

  @Test
  void start_besideASandboxWhoseShimIsGone_cleansUp() throws Exception {
    controller.create(NS, sandbox("s"), CREATION);
    controller.close();
    shim.close();

    controller = controller(TimeLimits.STANDARD);

    awaitCleanUp("s");
  }

  @Test
  void status_ofAFrozenShim_hasADeadline() throws Exception {
    controller.close();
    controller =
        controller(
            (key, standard) ->
                key.equals(TaskLimit.STATE.key()) ? Duration.ofMillis(300) : standard);
    controller.create(NS, sandbox("s"), CREATION);
    shim.thawed = new CountDownLatch(1);

    assertThatThrownBy(() -> controller.status(NS, "s", false))
        .isInstanceOf(DeadlineExceededException.class);
  }

  private CompletableFuture<Void> shutdown(String id) {
    return CompletableFuture.runAsync(
        () -> controller.shutdown(NS, id), command -> Thread.ofVirtual().start(command));
  }

  private CompletableFuture<SandboxExit> await(String id) {
    ShimController now = controller;
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return now.await(NS, id);
          } catch (InterruptedException e) {
            throw new CompletionException(e);
          }
        },
        command -> Thread.ofVirtual().start(command));
  }

  /** The last thing a clean-up does is to remove what outlives a reboot. */
  private void awaitCleanUp(String id) throws Exception {
    Path work = directory.resolve("root/ns").resolve(id);
    try (WatchService watch = work.getFileSystem().newWatchService()) {
      work.resolveSibling(".").register(watch, StandardWatchEventKinds.ENTRY_DELETE);
      while (Files.exists(work)) {
        WatchKey key = watch.poll(60, TimeUnit.SECONDS);
        assertThat(key).as("removal of " + work).isNotNull();
        Objects.requireNonNull(key).pollEvents();
        key.reset();
      }
    }
    assertThat(bundle(id)).doesNotExist();
  }

  private ShimController controller(TimeLimits limits) {
    return new ShimController(
        new ShimSettings(
            Path.of("/run/g.sock"),
            Path.of("/bin/gantryd"),
            directory.resolve("s"),
            List.of(),
            "2.0.0"),
        new Programs(directory.toString(), directory),
        new SandboxBundles(directory.resolve("state"), directory.resolve("root")),
        limits,
        memory);
  }

  private byte[] answer() {
    return BootstrapResult.newBuilder()
        .setVersion(3)
        .setAddress("unix://" + socket)
        .setProtocol("ttrpc")
        .build()
        .toByteArray();
  }

  private Path bundle(String id) {
    return directory.resolve("state/ns").resolve(id);
  }

  private static Sandbox sandbox(String id) {
    return new Sandbox(
        id,
        Labels.none(),
        "io.containerd.fake.v1",
        new TypedValue("options", new byte[] {8, 1}),
        new TypedValue("spec", "{}".getBytes(StandardCharsets.UTF_8)),
        "shim",
        Instant.EPOCH,
        Instant.EPOCH,
        Map.of());
  }
}
