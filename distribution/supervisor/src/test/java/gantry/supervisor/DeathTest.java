// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import containerd.task.v3.CreateTaskRequest;
import containerd.v1.types.Status;
import gantry.linux.Fifos;
import gantry.linux.safe.Safe;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A supervisor that is killed, and the one after it. */
@Timeout(600)
class DeathTest {
  @TempDir Path dir;
  private TestDaemon daemon;
  private Safe safe;

  @BeforeEach
  void start() throws IOException {
    daemon = new TestDaemon(dir.resolve("daemon"));
    safe = new Safe(dir.resolve("safe"), 100);
  }

  @AfterEach
  void stop() throws Exception {
    safe.close();
    daemon.close();
    for (String id : List.of("a", "b")) {
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

  /** The daemon has what belongs to a task once it has as many descriptors. */
  private void awaitKept(int descriptors) {
    while (safe.size() != descriptors) {
      Thread.onSpinWait();
    }
  }

  private static void type(OutputStream to, String text) throws IOException {
    to.write(text.getBytes(StandardCharsets.UTF_8));
    to.flush();
  }

  private static void expect(BufferedReader from, String text) throws IOException {
    String line;
    do {
      line = from.readLine();
      assertThat(line).isNotNull();
    } while (!line.contains(text));
  }

  @Test
  void terminal_goesOnForTheSameClient() throws Exception {
    Path in = fifo("in");
    Path out = fifo("out");
    try (SupervisorProcess first = SupervisorProcess.start(dir)) {
      first.run(
          request("a", "busybox stty -echo; while read line; do echo got-$line; done; exit 9", true)
              .setStdin(in.toString())
              .setStdout(out.toString())
              .build());
      try (OutputStream input = Files.newOutputStream(in);
          BufferedReader output = Files.newBufferedReader(out)) {
        type(input, "one\n");
        expect(output, "got-one");
        awaitKept(5);
        first.kill();
        try (SupervisorProcess second = SupervisorProcess.start(dir)) {
          assertThat(second.state("a").getStatus()).isEqualTo(Status.RUNNING);
          type(input, "two\n");
          expect(output, "got-two");
          type(input, "\u0004");
          assertThat(second.await("a")).isEqualTo(9);
          assertThat(output.readLine()).isNull();
          second.delete("a");
          awaitKept(0);
        }
      }
    }
  }

  @Test
  void heldInput_staysOpenAndIsClosedWhenTold() throws Exception {
    Path in = fifo("in");
    try (SupervisorProcess first = SupervisorProcess.start(dir)) {
      first.run(request("a", "busybox cat; exit 5", false).setStdin(in.toString()).build());
      awaitKept(2);
      first.kill();
      try (SupervisorProcess second = SupervisorProcess.start(dir)) {
        assertThat(second.state("a").getStatus()).isEqualTo(Status.RUNNING);
        second.closeInput("a");
        assertThat(second.await("a")).isEqualTo(5);
      }
    }
  }

  @Test
  void exitWhileThereIsNoSupervisor_isKnownFromTheHandleThatWasKept() throws Exception {
    Path in = fifo("in");
    try (SupervisorProcess first = SupervisorProcess.start(dir)) {
      first.run(request("a", "read line; exit 6", false).setStdin(in.toString()).build());
      first.run(request("b", "busybox sleep 1000", false).build());
      awaitKept(3);
      first.kill();
    }
    Files.writeString(in, "go\n");
    try (SupervisorProcess second = SupervisorProcess.start(dir)) {
      assertThat(second.await("a")).isEqualTo(6);
      assertThat(second.state("b").getStatus()).isEqualTo(Status.RUNNING);
      assertThat(daemon.until("exit a")).contains("exit a 6");
    }
  }

  @Test
  void terminalThatNobodyKept_isLostAndTheTaskGoesOn() throws Exception {
    try (SupervisorProcess first = SupervisorProcess.start(dir)) {
      first.run(request("a", "trap : HUP; busybox sleep 1000", true).build());
      awaitKept(4);
      first.kill();
    }
    safe.close();
    try (SupervisorProcess second = SupervisorProcess.start(dir)) {
      assertThat(second.state("a").getStatus()).isEqualTo(Status.RUNNING);
    }
  }
}
