// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.task.v3.CreateTaskRequest;
import containerd.task.v3.ExecProcessRequest;
import containerd.v1.types.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that take the output of containers, also such that do not do it well. */
@Timeout(180)
class LoggerTest {
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
  }

  private String logger(String script) throws IOException {
    Path file = dir.resolve("logger");
    Files.writeString(file, "#!/bin/sh\nPATH=/usr/bin:/bin\ncd " + dir + "\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  private CreateTaskRequest request(String id, boolean terminal, String script, String uri)
      throws IOException {
    return CreateTaskRequest.newBuilder()
        .setId(id)
        .setTerminal(terminal)
        .setBundle(TestBundle.of(dir.resolve(id), terminal, script).path().toString())
        .setStdout(uri)
        .setStderr(terminal ? "" : uri)
        .build();
  }

  private void run(String id, String script, String uri) throws Exception {
    supervisor.create(request(id, false, script, uri));
    supervisor.start(id, "");
  }

  private static void awaitEnd(Path pidFile) throws Exception {
    long pid = Long.parseLong(Files.readString(pidFile).strip());
    var process = ProcessHandle.of(pid);
    if (process.isPresent()) {
      process.get().onExit().get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void environment_isOnlyWhatConcernsTheContainer() throws Exception {
    String uri =
        "binary-v2://"
            + logger(
                "tr '\\0' '\\n' < /proc/$$/environ | sort > env; echo >&5; exec 5>&-; cat <&3");
    run("a", "true", uri);
    assertThat(supervisor.await("a", "")).isZero();
    supervisor.delete("a", "");
    assertThat(Files.readString(dir.resolve("env")).lines())
        .contains("CONTAINER_ID=a", "CONTAINER_NAMESPACE=test")
        .noneMatch(line -> line.startsWith("JAVA") || line.startsWith("HOME="));
  }

  @Test
  void exec_hasALoggerOfItsOwn() throws Exception {
    run("a", "busybox sleep 1000", "");
    String uri = "binary://" + logger("exec 5>&-; echo $CONTAINER_ID > id; cat <&3 > out");
    supervisor.exec(
        ExecProcessRequest.newBuilder()
            .setId("a")
            .setExecId("e1")
            .setStdout(uri)
            .setStderr(uri)
            .setSpec(TestBundle.exec("echo from the exec"))
            .build());
    supervisor.start("a", "e1");
    assertThat(supervisor.await("a", "e1")).isZero();
    supervisor.delete("a", "e1");
    assertThat(dir.resolve("out")).hasContent("from the exec\n");
    assertThat(dir.resolve("id")).hasContent("e1\n");
  }

  @Test
  void terminal_canBeLogged() throws Exception {
    String uri = "binary://" + logger("exec 5>&-; cat <&3 > out");
    supervisor.create(request("a", true, "busybox tty", uri));
    supervisor.start("a", "");
    assertThat(supervisor.await("a", "")).isZero();
    supervisor.delete("a", "");
    assertThat(dir.resolve("out")).hasContent("/dev/pts/0\r\n");
  }

  @Test
  void closedPipe_isEnoughForTheFirstVersionOnly() throws Exception {
    String program = logger("exec 5>&-; cat <&3 > out");
    run("a", "echo hello", "binary://" + program);
    assertThat(supervisor.await("a", "")).isZero();
    supervisor.delete("a", "");
    CreateTaskRequest second = request("b", false, "true", "binary-v2://" + program);
    assertThatThrownBy(() -> supervisor.create(second))
        .hasMessageContaining("did not say that it is ready");
  }

  @Test
  void missingLogger_failsTheCreation() throws Exception {
    CreateTaskRequest request = request("a", false, "true", "binary:///no/such/logger");
    assertThatThrownBy(() -> supervisor.create(request)).hasMessageContaining("/no/such/logger");
    CreateTaskRequest none = request("b", false, "true", "binary://");
    assertThatThrownBy(() -> supervisor.create(none)).hasMessageContaining("start logger");
    assertThat(dir.resolve("state/tasks/test/a")).doesNotExist();
    assertThat(dir.resolve("state/tasks/test/b")).doesNotExist();
  }

  @Test
  void loggerThatDoesNotRead_stallsOnlyItsContainer() throws Exception {
    String lazy = "binary://" + logger("echo $$ > pid; exec 5>&-; exec sleep 1000");
    run("stalled", "busybox yes", lazy);
    run("other", "exit 3", "file://" + dir.resolve("out"));
    assertThat(supervisor.await("other", "")).isEqualTo(3);
    supervisor.delete("other", "");
    assertThat(supervisor.state("stalled", "").getStatus()).isEqualTo(Status.RUNNING);
    supervisor.kill("stalled", "", 9);
    assertThat(supervisor.await("stalled", "")).isEqualTo(137);
    supervisor.delete("stalled", "");
    awaitEnd(dir.resolve("pid"));
  }

  @Test
  void loggerThatDies_leavesTheContainerToItsFate() throws Exception {
    String uri = "binary://" + logger("exec 5>&-; read line <&3; echo $line > out");
    run("a", "echo one; while echo more; do busybox sleep 0.01; done; exit 7", uri);
    // a closed pipe is an error or a signal for whoever writes
    assertThat(supervisor.await("a", "")).isNotZero();
    supervisor.delete("a", "");
    assertThat(dir.resolve("out")).hasContent("one\n");
    run("b", "exit 4", "");
    assertThat(supervisor.await("b", "")).isEqualTo(4);
  }

  @Test
  void loggerThatIgnoresItsEnd_isKilled() throws Exception {
    String uri =
        "binary://"
            + logger(
                "trap 'echo told > told' TERM; echo $$ > pid; exec 5>&-;"
                    + " while true; do sleep 1; done");
    run("a", "true", uri);
    assertThat(supervisor.await("a", "")).isZero();
    supervisor.delete("a", "");
    awaitEnd(dir.resolve("pid"));
    assertThat(dir.resolve("told")).hasContent("told\n");
  }

  @Test
  void file_isAppendedToAndItsDirectoriesMade() throws Exception {
    Path log = dir.resolve("some/where/log");
    run("a", "echo out; echo err >&2", "file://" + log);
    supervisor.await("a", "");
    supervisor.delete("a", "");
    run("b", "echo again", "file://" + log);
    supervisor.await("b", "");
    supervisor.delete("b", "");
    assertThat(log).hasContent("out\nerr\nagain\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log.getParent())))
        .isEqualTo("rwxr-xr-x");
  }
}
