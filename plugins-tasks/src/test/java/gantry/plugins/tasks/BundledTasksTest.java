// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.AlreadyExistsException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.InternalException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnknownException;
import gantry.events.Event;
import gantry.filters.Filter;
import gantry.linux.Mounts;
import gantry.mounts.Mount;
import gantry.names.Namespace;
import gantry.plugins.TimeLimits;
import gantry.runtime.CreateTask;
import gantry.runtime.Exit;
import gantry.runtime.ProcessIo;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskMetric;
import gantry.runtime.TaskRuntime;
import gantry.runtime.TaskSandbox;
import gantry.runtime.TaskStatus;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import gantry.testkit.Together;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class BundledTasksTest {
  private static final Namespace NS = new Namespace("default");
  private static final Era NOW = era("e1x2");
  private static final String SPEC = "{\"ociVersion\":\"1.2.0\"}";

  @TempDir Path directory;

  private final OnlyContainers containers = new OnlyContainers();
  private final RecordingEventBus events = new RecordingEventBus();
  private final FakeRuntime runtime = new FakeRuntime();
  private final FixedHandle<TaskRuntime> handle = FixedHandle.of(runtime);
  private BundledTasks tasks;

  @BeforeEach
  void begin() {
    tasks = open(NOW);
    bind(tasks);
    containers.add("c1", FakeRuntime.NAME, SPEC);
  }

  @Test
  void create_makesTheBundleForTheRuntime() throws IOException {
    assertThat(tasks.create(NS, request("c1"))).isEqualTo(42);

    assertThat(bundle("c1").resolve("config.json")).hasContent(SPEC);
    assertThat(bundle("c1").resolve("rootfs")).isDirectory();
    assertThat(bundle("c1").resolve("work").toRealPath())
        .isEqualTo(directory.toRealPath().resolve("root/default/c1"));
    assertThat(bundle("c1").resolve("busy")).doesNotExist();
    assertThat(mode(bundle("c1"))).isEqualTo("rwx------");
  }

  @Test
  void create_withUserNamespace_admitsTheRemappedGroup() throws IOException {
    containers.add(
        "userns",
        FakeRuntime.NAME,
        "{\"linux\":{\"gidMappings\":[{\"containerID\":0,\"hostID\":4321,\"size\":9}]}}");

    tasks.create(NS, request("userns"));

    assertThat(mode(bundle("userns"))).isEqualTo("rwx--x---");
    assertThat(Files.getAttribute(bundle("userns"), "unix:gid")).isEqualTo(4321);
  }

  @Test
  void create_withoutOptions_takesThoseOfTheRecord() {
    tasks.create(NS, request("c1"));

    CreateTask seen = Objects.requireNonNull(runtime.created);
    assertThat(seen.options())
        .isEqualTo(new TypedValue("containerd.runc.v1.Options", new byte[] {1}));
  }

  @Test
  void create_inASandbox_tellsTheRuntimeWhich() {
    containers.add("c9", FakeRuntime.NAME, SPEC, "s1");
    ProcessIo none = new ProcessIo("", "", "", false);
    TaskSandbox there = new TaskSandbox("", "ttrpc+unix:///s", 3);

    tasks.create(NS, request("c9"));
    assertThat(Objects.requireNonNull(runtime.created).sandbox())
        .isEqualTo(new TaskSandbox("s1", "", 0));
    tasks.create(NS, request("c1"));
    assertThat(Objects.requireNonNull(runtime.created).sandbox()).isNull();
    containers.add("c8", FakeRuntime.NAME, SPEC, "s1");
    tasks.create(NS, new CreateTask("c8", List.of(), none, null, null, "", "", there));
    assertThat(Objects.requireNonNull(runtime.created).sandbox())
        .isEqualTo(new TaskSandbox("s1", "ttrpc+unix:///s", 3));
  }

  @Test
  void create_ofUnknownContainer_isNotFound() {
    assertThatThrownBy(() -> tasks.create(NS, request("nobody")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("container \"nobody\"");
  }

  @Test
  void create_twice_isRefused() {
    tasks.create(NS, request("c1"));

    assertThatThrownBy(() -> tasks.create(NS, request("c1")))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessage("task c1: already exists");
  }

  @Test
  void create_whileAnotherIsUnderWay_saysSo() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    runtime.open = open;
    CompletableFuture<Integer> first = async(() -> tasks.create(NS, request("c1")));
    assertThat(runtime.creating.await(10, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> tasks.create(NS, another("c1")))
        .isInstanceOf(AlreadyExistsException.class)
        .hasMessageMatching(
            "task c1: its creation has been going on for \\d+ s, now: runtime "
                + FakeRuntime.NAME
                + ": halfway: already exists");
    assertThatThrownBy(() -> tasks.delete(NS, "c1"))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("creation");
    open.countDown();

    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(42);
  }

  @Test
  void create_byUnknownRuntime_namesTheMissingProgram() {
    containers.add("strange", "io.containerd.nope.v9", SPEC);

    assertThatThrownBy(() -> tasks.create(NS, request("strange")))
        .hasMessageContaining(
            "runtime \"io.containerd.nope.v9\" binary not installed \"containerd-shim-nope-v9\":"
                + " file does not exist");
    assertThat(bundle("strange")).doesNotExist();
  }

  @Test
  void create_withOptionsOfAnotherType_isRefused() {
    TypedValue options = new TypedValue("containerd.runhcs.v1.Options", new byte[0]);
    CreateTask request =
        new CreateTask("c1", List.of(), new ProcessIo("", "", "", false), null, options, "");

    assertThatThrownBy(() -> tasks.create(NS, request))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("invalid task create option");
  }

  @Test
  void create_thatTheRuntimeRefuses_leavesNothing() {
    runtime.failure = () -> new UnknownException("runc: no");

    assertThatThrownBy(() -> tasks.create(NS, request("c1")))
        .isInstanceOf(UnknownException.class)
        .hasMessage("failed to create shim task: runc: no");

    assertThat(directory.resolve("state/default")).isEmptyDirectory();
    assertThat(directory.resolve("root/default")).isEmptyDirectory();
    assertThat(runtime.cleaned).isEmpty();
  }

  @Test
  void create_thatIsNotAnswered_isCleanedUp() {
    runtime.failure = () -> new DeadlineExceededException("create: no answer");

    assertThatThrownBy(() -> tasks.create(NS, request("c1")))
        .isInstanceOf(DeadlineExceededException.class);

    assertThat(runtime.cleaned).containsExactly("c1");
    assertThat(bundle("c1")).doesNotExist();
  }

  @Test
  void get_ofContainerWithoutTask_isNotFound() {
    assertThatThrownBy(() -> tasks.get(NS, "c1", ""))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("task c1 not found");
  }

  @Test
  void get_whenTheRuntimeAnswersStrangely_isUnknown() {
    tasks.create(NS, request("c1"));
    runtime.failure = () -> new InternalException("what?");

    assertThat(tasks.get(NS, "c1", "").status()).isEqualTo(TaskStatus.UNKNOWN);
  }

  @Test
  void get_whenTheRuntimeIsSilent_endsInTwoSeconds() {
    tasks.create(NS, request("c1"));
    CountDownLatch open = new CountDownLatch(1);
    runtime.open = open;

    long began = System.nanoTime();
    assertThatThrownBy(() -> tasks.get(NS, "c1", "")).isInstanceOf(DeadlineExceededException.class);

    assertThat(Duration.ofNanos(System.nanoTime() - began))
        .isBetween(Duration.ofMillis(1900), Duration.ofSeconds(10));
    open.countDown();
  }

  @Test
  void list_showsAllTasksOfTheNamespace() {
    containers.add("c2", FakeRuntime.NAME, SPEC);
    tasks.create(NS, request("c2"));
    tasks.create(NS, request("c1"));
    tasks.start(NS, "c1", "");
    containers.add("c3", FakeRuntime.NAME, SPEC);
    tasks.create(new Namespace("other"), request("c3"));

    assertThat(tasks.list(NS)).extracting(ProcessState::id).containsExactly("c1", "c2");
    assertThat(tasks.list(NS))
        .extracting(ProcessState::status)
        .containsExactly(TaskStatus.RUNNING, TaskStatus.CREATED);
  }

  @Test
  void list_leavesOutTasksWhoseRuntimeDoesNotKnowThem() {
    tasks.create(NS, request("c1"));
    runtime.tasks.clear();

    assertThat(tasks.list(NS)).isEmpty();
  }

  @Test
  void metrics_obeysTheFilter() {
    containers.add("c2", FakeRuntime.NAME, SPEC);
    tasks.create(NS, request("c1"));
    tasks.create(NS, request("c2"));
    Filter onlyC2 = fields -> fields.field(List.of("id")).equals(Optional.of("c2"));

    assertThat(tasks.metrics(NS, onlyC2)).extracting(TaskMetric::id).containsExactly("c2");
    assertThat(tasks.metrics(NS, Filter.ALL)).hasSize(2);
  }

  @Test
  void delete_ofRunningTask_isRefusedAndChangesNothing() {
    tasks.create(NS, request("c1"));
    tasks.start(NS, "c1", "");

    assertThatThrownBy(() -> tasks.delete(NS, "c1"))
        .isInstanceOf(FailedPreconditionException.class);

    assertThat(tasks.get(NS, "c1", "").status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(bundle("c1").resolve("busy")).doesNotExist();
  }

  @Test
  void delete_removesBundleAndWork() {
    tasks.create(NS, request("c1"));
    tasks.start(NS, "c1", "");
    tasks.kill(NS, "c1", "", 9, false);

    assertThat(tasks.delete(NS, "c1").status()).isEqualTo(FakeRuntime.STATUS);

    assertThat(directory.resolve("state/default")).isEmptyDirectory();
    assertThat(directory.resolve("root/default")).isEmptyDirectory();
    assertThat(events.events()).isEmpty();
  }

  @Test
  void delete_ofTaskTheRuntimeLost_cleansUpAndTells() {
    tasks.create(NS, request("c1"));
    runtime.tasks.clear();

    Exit exit = tasks.delete(NS, "c1");

    assertThat(exit.status()).isEqualTo(FakeRuntime.STATUS);
    assertThat(events.topics()).containsExactly("/tasks/exit", "/tasks/delete");
    assertThat(bundle("c1")).doesNotExist();
  }

  @Test
  void delete_withRootfsStillMounted_doesNotTouchWhatIsMounted() throws IOException {
    tasks.create(NS, request("c1"));
    Path precious = Files.createDirectories(directory.resolve("precious"));
    Files.writeString(precious.resolve("file"), "keep me");
    Mounts.mount(
        Mount.of("bind", precious.toString(), List.of("bind")), bundle("c1").resolve("rootfs"));

    tasks.delete(NS, "c1");

    assertThat(precious.resolve("file")).hasContent("keep me");
    assertThat(bundle("c1")).doesNotExist();
  }

  @Test
  void exec_withoutId_isRefused() {
    tasks.create(NS, request("c1"));
    ProcessIo io = new ProcessIo("", "", "", false);
    TypedValue spec = new TypedValue(TypedValue.PROCESS, new byte[0]);

    assertThatThrownBy(() -> tasks.exec(NS, "c1", "", io, spec))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("exec id cannot be empty");
    assertThatThrownBy(() -> tasks.exec(NS, "c1", "../x", io, spec))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void idsThatAreNoFileNames_findNothing() {
    for (String id : List.of("", ".", "..", "../default/c1", ".c1")) {
      assertThatThrownBy(() -> tasks.kill(NS, id, "", 9, false))
          .isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void await_goesOnWithTheNextVersionOfTheRuntime() throws Exception {
    tasks.create(NS, request("c1"));
    runtime.waitFailures.add(new UnavailableException("replaced"));
    runtime.waitFailures.add(new UnavailableException("not yet"));

    assertThat(tasks.await(NS, "c1", "").status()).isEqualTo(FakeRuntime.STATUS);
    assertThat(handle.openLeases()).isZero();
  }

  @Test
  void await_withoutAnyRuntime_endsAfterThreeTries() {
    tasks.create(NS, request("c1"));
    for (int i = 0; i < 4; i++) {
      runtime.waitFailures.add(new UnavailableException("gone"));
    }

    assertThatThrownBy(() -> tasks.await(NS, "c1", "")).isInstanceOf(UnavailableException.class);
    assertThat(runtime.waitFailures).hasSize(1);
  }

  @Test
  void restart_findsTasksThatLive() throws Exception {
    tasks.create(NS, request("c1"));
    tasks.start(NS, "c1", "");

    BundledTasks next = open(era("e3x4"));
    bind(next);

    assertThat(next.get(NS, "c1", "").status()).isEqualTo(TaskStatus.RUNNING);
    assertThat(next.await(NS, "c1", "").pid()).isEqualTo(42);
  }

  @Test
  void restart_removesTasksThatAreGone_andTells() throws Exception {
    tasks.create(NS, request("c1"));
    runtime.tasks.clear();

    bind(open(era("e3x4")));

    Event.TaskDelete told =
        (Event.TaskDelete)
            events.await(e -> e.topic().equals("/tasks/delete"), Duration.ofSeconds(10)).event();
    assertThat(told.containerId()).isEqualTo("c1");
    assertThat(told.exitStatus()).isEqualTo(FakeRuntime.STATUS);
    awaitGone(bundle("c1"));
    assertThat(runtime.cleaned).containsExactly("c1");
  }

  @Test
  void restart_leavesAloneWhatThisDaemonIsCreating() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    runtime.open = open;
    CompletableFuture<Integer> first = async(() -> tasks.create(NS, request("c1")));
    assertThat(runtime.creating.await(10, TimeUnit.SECONDS)).isTrue();
    Recovery beside = recovery();

    beside.recover(handle, layout().bundle("default", "c1"));
    open.countDown();

    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(42);
    assertThat(runtime.cleaned).isEmpty();
  }

  @Test
  void restart_finishesADeletionWithoutTellingTwice() throws Exception {
    tasks.create(NS, request("c1"));
    runtime.tasks.clear();
    Files.writeString(bundle("c1").resolve("busy"), "DELETE e9x9 1");

    bind(open(era("e3x4")));

    awaitGone(bundle("c1"));
    assertThat(events.events()).isEmpty();
  }

  @Test
  void restart_sweepsWhatWasLeftHalfDone() throws Exception {
    Path half = Files.createDirectories(directory.resolve("state/default/.c7.e9x9.u"));
    Path mine =
        Files.createDirectories(directory.resolve("state/default/.c8." + NOW.token() + ".u"));
    Path orphan = Files.createDirectories(directory.resolve("root/default/c7/sub"));

    new BundleStore(layout(), era(NOW.token()), new Trees(path -> {})).sweep();

    assertThat(half).doesNotExist();
    assertThat(orphan.getParent()).doesNotExist();
    assertThat(mine).isDirectory();
  }

  @Test
  void sweep_besideAnotherVersion_leavesWhatBothMayBeMaking() throws Exception {
    Path work = Files.createDirectories(directory.resolve("root/default/c7/sub"));
    Era began = new Era("e1x2", Instant.EPOCH);

    new BundleStore(layout(), began, new Trees(path -> {})).sweep();

    assertThat(work).isDirectory();
  }

  @Test
  void recovery_byTwoVersionsAtOnce_tellsOnce() throws Exception {
    tasks.create(NS, request("c1"));
    runtime.tasks.clear();
    Recovery one = recovery();
    Recovery two = recovery();

    Together.call(
        8,
        thread -> {
          (thread % 2 == 0 ? one : two).recover(handle, layout().bundle("default", "c1"));
          return thread;
        });

    assertThat(events.events()).hasSize(2);
    assertThat(bundle("c1")).doesNotExist();
  }

  private static Era era(String token) {
    return new Era(token, Instant.now());
  }

  private BundledTasks open(Era era) {
    return new BundledTasks(
        layout(),
        FixedHandle.of(containers),
        events,
        era,
        new Trees(Mounts::unmountRecursive),
        TimeLimits.STANDARD);
  }

  private Recovery recovery() {
    return new Recovery(
        new BundleStore(layout(), NOW, new Trees(path -> {})),
        events,
        NOW,
        new Attempts(),
        new Silence(),
        TimeLimits.STANDARD);
  }

  private BundleLayout layout() {
    return new BundleLayout(directory.resolve("root"), directory.resolve("state"));
  }

  private void bind(BundledTasks target) {
    target.bindRuntime(
        handle, Map.of(TaskRuntime.RUNTIME_PROPERTY, new String[] {FakeRuntime.NAME}));
  }

  private Path bundle(String id) {
    return directory.resolve("state/default").resolve(id);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static CreateTask request(String id) {
    return new CreateTask(id, List.of(), new ProcessIo("", "", "", false), null, null, "");
  }

  /** One that wants something else. */
  private static CreateTask another(String id) {
    return new CreateTask(id, List.of(), new ProcessIo("", "/f", "", false), null, null, "");
  }

  private static <T> CompletableFuture<T> async(Supplier<T> call) {
    return CompletableFuture.supplyAsync(call, task -> Thread.ofVirtual().start(task));
  }

  private static void awaitGone(Path file) throws Exception {
    try (WatchService watch = file.getFileSystem().newWatchService()) {
      file.resolveSibling(".").register(watch, StandardWatchEventKinds.ENTRY_DELETE);
      while (Files.exists(file)) {
        WatchKey key = watch.poll(10, TimeUnit.SECONDS);
        assertThat(key).as("removal of " + file).isNotNull();
        Objects.requireNonNull(key).pollEvents();
        key.reset();
      }
    }
  }
}
