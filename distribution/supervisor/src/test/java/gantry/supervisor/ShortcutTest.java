// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.runc.v1.Options;
import containerd.task.v3.CreateTaskRequest;
import containerd.v1.types.Status;
import gantry.errors.GantryException;
import gantry.errors.NotFoundException;
import gantry.linux.Fifos;
import gantry.linux.Processes;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** For what runc is run, and for what not; by a program of that name that writes it down. */
@Timeout(120)
class ShortcutTest {
  private static final String NOTING =
      """
      #!/bin/sh
      for word; do
        case $word in create|start|kill|delete|state) echo $word >> @DIR@/calls; break;; esac
      done
      exec runc "$@"
      """;

  @TempDir Path dir;
  private TestDaemon daemon;
  private TestSupervisor supervisor;
  private Path runtime;

  @BeforeEach
  void start() throws Exception {
    daemon = new TestDaemon(dir.resolve("daemon"));
    supervisor = new TestSupervisor(dir);
    runtime = Files.createDirectory(dir.resolve("bin")).resolve("runc");
    Files.writeString(runtime, NOTING.replace("@DIR@", dir.toString()));
    Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
  }

  @AfterEach
  void stop() throws Exception {
    supervisor.end();
    daemon.close();
  }

  private void create(TestBundle bundle) throws InterruptedException {
    Options options = Options.newBuilder().setBinaryName(runtime.toString()).build();
    supervisor.create(
        CreateTaskRequest.newBuilder()
            .setId("a")
            .setBundle(bundle.path().toString())
            .setOptions(TestBundle.options(options))
            .build());
  }

  private TestBundle bundle(String script) throws IOException {
    return TestBundle.of(dir.resolve("a"), false, script);
  }

  private static TestBundle withHooks(TestBundle bundle, String kind, String script)
      throws IOException {
    Path config = bundle.path().resolve("config.json");
    String hook = "{'path':'/bin/sh','args':['sh','-c','%s']}".formatted(script).replace('\'', '"');
    String text = Files.readString(config).strip();
    Files.writeString(
        config,
        text.substring(0, text.length() - 1) + ",\"hooks\":{\"%s\":[%s]}}".formatted(kind, hook));
    return bundle;
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(dir.resolve("calls"));
  }

  /** Directories of the container's control group, in any hierarchy. */
  private static List<Path> cgroups(String name) throws IOException {
    try (Stream<Path> all =
        Files.find(
            Path.of("/sys/fs/cgroup"),
            8,
            (path, attributes) -> path.endsWith(name),
            FileVisitOption.FOLLOW_LINKS)) {
      return all.toList();
    }
  }

  @Test
  void plainContainer_needsRuncForItsCreationOnly() throws Exception {
    String cgroup = "gantry-test-a-" + ProcessHandle.current().pid();
    create(bundle("busybox sleep 1000"));
    assertThat(cgroups(cgroup)).isNotEmpty();
    supervisor.start("a", "");
    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
    supervisor.kill("a", "", Processes.SIGKILL);
    assertThat(supervisor.await("a", "")).isEqualTo(137);
    supervisor.delete("a", "");

    assertThat(calls()).containsExactly("create");
    assertThat(cgroups(cgroup)).isEmpty();
    assertThat(dir.resolve("state/runc/test/a")).doesNotExist();
    assertThat(daemon.until("delete")).containsExactly("create", "start", "exit a 137", "delete");
  }

  @Test
  void programThatCannotRun_isReportedAsRuncDoes() throws Exception {
    Path config = bundle("true").path().resolve("config.json");
    Files.writeString(config, Files.readString(config).replace("/bin/sh", "/bin/none"));
    assertThatThrownBy(() -> create(new TestBundle(dir.resolve("a"))))
        .isInstanceOf(GantryException.class)
        .hasMessageContaining("/bin/none");
  }

  @Test
  void initThatDiedBeforeItsStart_isToldByRunc() throws Exception {
    create(bundle("true"));
    Processes.kill(supervisor.state("a", "").getPid(), Processes.SIGKILL);
    supervisor.await("a", "");
    assertThatThrownBy(() -> supervisor.start("a", "")).isInstanceOf(GantryException.class);
    supervisor.delete("a", "");
    assertThat(dir.resolve("state/runc/test/a")).doesNotExist();
  }

  @Test
  void signalAfterTheEnd_isNotFound() throws Exception {
    create(bundle("true"));
    supervisor.start("a", "");
    supervisor.await("a", "");
    assertThatThrownBy(() -> supervisor.kill("a", "", Processes.SIGKILL))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void hooksAfterTheDeletion_areLeftToRunc() throws Exception {
    Path told = dir.resolve("told");
    create(withHooks(bundle("true"), "poststop", "echo gone > " + told));
    supervisor.start("a", "");
    supervisor.await("a", "");
    supervisor.delete("a", "");
    assertThat(calls()).containsExactly("create", "delete");
    assertThat(told).hasContent("gone");
  }

  @Test
  void hooksAfterTheStart_areLeftToRunc() throws Exception {
    Path told = dir.resolve("told");
    create(withHooks(bundle("true"), "poststart", "echo up > " + told));
    supervisor.start("a", "");
    supervisor.await("a", "");
    assertThat(calls()).containsExactly("create", "start");
    assertThat(told).hasContent("up");
  }

  @Test
  void sharedPids_areEndedByRunc() throws Exception {
    create(TestBundle.withSharedPids(dir.resolve("a"), "busybox sleep 1000"));
    supervisor.start("a", "");
    supervisor.kill("a", "", Processes.SIGKILL);
    supervisor.await("a", "");
    supervisor.delete("a", "");
    assertThat(calls()).startsWith("create", "kill").endsWith("delete");
  }

  @Test
  void groupsMadeInside_areRemovedToo() throws Exception {
    String cgroup = "gantry-test-a-" + ProcessHandle.current().pid();
    create(bundle("busybox sleep 1000"));
    supervisor.start("a", "");
    for (Path group : cgroups(cgroup)) {
      Files.createDirectories(group.resolve("inner"));
    }
    supervisor.kill("a", "", Processes.SIGKILL);
    supervisor.await("a", "");
    supervisor.delete("a", "");
    assertThat(cgroups(cgroup)).isEmpty();
    assertThat(dir.resolve("state/runc/test/a")).doesNotExist();
  }

  @Test
  void startCutShortAfterItsGateOpened_isRunning() throws Exception {
    create(bundle("busybox sleep 1000"));
    supervisor.start("a", "");
    supervisor.crash();
    Path gate = dir.resolve("state/runc/test/a/exec.fifo");
    Fifos.create(gate, 0600);

    supervisor = new TestSupervisor(dir);

    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.RUNNING);
    assertThat(gate).doesNotExist();
    supervisor.kill("a", "", Processes.SIGKILL);
    supervisor.await("a", "");
    supervisor.delete("a", "");
  }

  @Test
  void containerThatEndedWithNobodyWatching_isDeletedWithAllItsGroups() throws Exception {
    String cgroup = "gantry-test-a-" + ProcessHandle.current().pid();
    create(bundle("busybox sleep 1000"));
    supervisor.start("a", "");
    int pid = supervisor.state("a", "").getPid();
    supervisor.crash();
    // a zombie: its parent is this process, where nobody waits for it now
    Processes.kill(pid, Processes.SIGKILL);
    while (!Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ")) {
      Thread.onSpinWait();
    }

    supervisor = new TestSupervisor(dir);
    supervisor.await("a", "");
    supervisor.delete("a", "");

    assertThat(cgroups(cgroup)).isEmpty();
    assertThat(dir.resolve("state/runc/test/a")).doesNotExist();
  }

  @Test
  void containerThatWaitsForItsStart_isTakenUpAsCreated() throws Exception {
    create(bundle("exit 5"));
    supervisor.crash();

    supervisor = new TestSupervisor(dir);

    assertThat(supervisor.state("a", "").getStatus()).isEqualTo(Status.CREATED);
    supervisor.start("a", "");
    supervisor.await("a", "");
    supervisor.delete("a", "");
    assertThat(dir.resolve("state/runc/test/a")).doesNotExist();
  }
}
