// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import containerd.task.v3.CreateTaskRequest;
import containerd.v1.types.Status;
import gantry.errors.FailedPreconditionException;
import gantry.linux.Fifos;
import io.gantry.admin.v1.SupervisorStatusRequest;
import io.gantry.admin.v1.SupervisorStatusResponse;
import io.gantry.admin.v1.UpgradeSupervisorRequest;
import io.gantry.admin.v1.UpgradeSupervisorResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor that becomes another version while it holds containers. */
@Timeout(600)
class UpgradeTest {
  private static final String SERVICE = "gantry.admin.v1.Supervisor";
  private static final int LINES = 20_000;

  @TempDir Path dir;
  private TestDaemon daemon;
  private SupervisorProcess supervisor;

  @BeforeEach
  void start() throws IOException {
    daemon = new TestDaemon(dir.resolve("daemon"));
    supervisor = SupervisorProcess.start(dir);
  }

  @AfterEach
  void stop() throws Exception {
    supervisor.close();
    daemon.close();
    for (String id : List.of("a", "b", "c")) {
      new ProcessBuilder(
              "runc", "--root", dir.resolve("state/runc/test").toString(), "delete", "-f", id)
          .start()
          .waitFor();
    }
  }

  private Path fifo(String name) throws IOException {
    Path path = dir.resolve(name);
    Fifos.create(path, 0600);
    return path;
  }

  private CreateTaskRequest.Builder request(String id, String script, boolean terminal)
      throws IOException {
    return CreateTaskRequest.newBuilder()
        .setId(id)
        .setTerminal(terminal)
        .setBundle(TestBundle.of(dir.resolve(id), terminal, script).path().toString());
  }

  private Path program(String before) throws IOException {
    Path program = dir.resolve("program");
    String words = String.join(" ", SupervisorProcess.java());
    Files.writeString(program, "#!/bin/sh\n" + before + "\nexec " + words + " \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  private SupervisorStatusResponse status() throws InterruptedException {
    return supervisor.call(
        SERVICE,
        "Status",
        SupervisorStatusRequest.getDefaultInstance(),
        SupervisorStatusResponse.parser());
  }

  /** Asks for it; the connection ends with it, and another waits until the next version serves. */
  private void upgrade(Path program) throws Exception {
    supervisor.call(
        SERVICE,
        "Upgrade",
        UpgradeSupervisorRequest.newBuilder().setProgram(program.toString()).build(),
        UpgradeSupervisorResponse.parser());
    supervisor.awaitEnd();
    supervisor.reconnect();
  }

  private static void type(OutputStream to, String text) throws IOException {
    to.write(text.getBytes(StandardCharsets.UTF_8));
    to.flush();
  }

  @Test
  void upgrade_keepsProcessTerminalOutputAndExits() throws Exception {
    Path in = fifo("in");
    Path out = fifo("out");
    Path held = fifo("held");
    String count =
        "busybox stty -echo; i=0; while [ $i -lt "
            + LINES
            + " ]; do echo line-$i; i=$((i+1)); done; read x; echo got-$x; exit 9";
    supervisor.run(
        request("a", count, true).setStdin(in.toString()).setStdout(out.toString()).build());
    supervisor.run(request("b", "busybox cat; exit 5", false).setStdin(held.toString()).build());
    try (OutputStream input = Files.newOutputStream(in);
        BufferedReader output = Files.newBufferedReader(out)) {
      assertThat(output.readLine()).isEqualTo("line-0");
      CompletableFuture<Boolean> complete = CompletableFuture.supplyAsync(() -> counts(output));

      upgrade(program(""));

      SupervisorStatusResponse status = status();
      assertThat(status.getPid()).isEqualTo((int) supervisor.process.pid());
      assertThat(status.getUpgrades()).isEqualTo(1);
      assertThat(status.getTasks()).isEqualTo(2);
      assertThat(complete.join()).isTrue();
      type(input, "it\n");
      assertThat(output.readLine()).isEqualTo("got-it");
      assertThat(supervisor.await("a")).isEqualTo(9);
      assertThat(output.readLine()).isNull();
      supervisor.closeInput("b");
      assertThat(supervisor.await("b")).isEqualTo(5);
    }
    upgrade(program(""));
    assertThat(status().getUpgrades()).isEqualTo(2);
    assertThat(supervisor.state("a").getExitStatus()).isEqualTo(9);
    supervisor.delete("a");
    supervisor.delete("b");
    assertThat(daemon.until("delete")).containsOnlyOnce("exit a 9").containsOnlyOnce("exit b 5");
  }

  private static boolean counts(BufferedReader output) {
    try {
      for (int i = 1; i < LINES; i++) {
        String line = output.readLine();
        if (!("line-" + i).equals(line)) {
          throw new AssertionError("line-" + i + " expected, found " + line);
        }
      }
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void waits_canBeMadeAgain() throws Exception {
    Path in = fifo("in");
    supervisor.run(request("a", "read x; exit 4", false).setStdin(in.toString()).build());
    CompletableFuture<Integer> broken = new CompletableFuture<>();
    Thread.startVirtualThread(
        () -> {
          try {
            broken.complete(supervisor.await("a"));
          } catch (Exception e) {
            broken.completeExceptionally(e);
          }
        });
    upgrade(program(""));
    assertThatThrownBy(broken::get).hasCauseInstanceOf(gantry.errors.UnavailableException.class);
    Files.writeString(in, "go\n");
    assertThat(supervisor.await("a")).isEqualTo(4);
  }

  @Test
  void programThatIsNotFit_isRefused() throws Exception {
    Path program = program("echo rubbish; exit 1");
    assertThatThrownBy(() -> upgrade(program))
        .isInstanceOf(FailedPreconditionException.class)
        .hasMessageContaining("rubbish")
        .hasMessageContaining("the old version goes on");
    assertThat(status().getUpgrades()).isZero();
  }

  @Test
  void failedChange_leavesTheOldVersionServing() throws Exception {
    Path in = fifo("in");
    Path out = fifo("out");
    supervisor.run(
        request("a", "busybox stty -echo; while read x; do echo got-$x; done; exit 2", true)
            .setStdin(in.toString())
            .setStdout(out.toString())
            .build());
    Path program = program("rm $0");
    try (OutputStream input = Files.newOutputStream(in);
        BufferedReader output = Files.newBufferedReader(out)) {
      type(input, "one\n");
      String line = output.readLine();
      while (!line.endsWith("got-one")) {
        // what is typed before the terminal stops to show it
        line = output.readLine();
      }

      upgrade(program);

      assertThat(status().getUpgrades()).isZero();
      assertThat(status().getFailure()).contains("the old version goes on");
      assertThat(supervisor.state("a").getStatus()).isEqualTo(Status.RUNNING);
      type(input, "two\n");
      assertThat(output.readLine()).isEqualTo("got-two");
      type(input, "\u0004");
      assertThat(supervisor.await("a")).isEqualTo(2);
    }
    upgrade(program(""));
    assertThat(status().getUpgrades()).isEqualTo(1);
  }
}
