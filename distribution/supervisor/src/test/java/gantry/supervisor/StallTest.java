// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import containerd.task.v3.CreateTaskRequest;
import containerd.v1.types.Status;
import gantry.linux.Fd;
import gantry.linux.Fifos;
import gantry.linux.Open;
import gantry.linux.Poll;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client that stops reading. */
@Timeout(600)
class StallTest {
  private static final int OTHERS = 10;

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

  private Path terminal(String id, String script) throws Exception {
    Path out = dir.resolve(id + "-out");
    Fifos.create(out, 0600);
    supervisor.create(
        CreateTaskRequest.newBuilder()
            .setId(id)
            .setTerminal(true)
            .setStdout(out.toString())
            .setBundle(TestBundle.of(dir.resolve(id), true, script).path().toString())
            .build());
    return out;
  }

  /** Waits until the pipe takes no more: from then on its writer is held up. */
  private static void awaitFull(Path fifo) throws IOException {
    try (Fd end = Fd.open(fifo, Open.READ_WRITE, Open.NONBLOCK)) {
      while (Poll.await(end, Poll.WRITABLE, Duration.ZERO) != 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void clientThatDoesNotRead_holdsUpItsOwnContainerAlone() throws Exception {
    Path full = terminal("stalled", "while :; do echo 0123456789012345678901234567890; done");
    supervisor.start("stalled", "");
    awaitFull(full);
    for (int i = 0; i < OTHERS; i++) {
      String id = "other" + i;
      Path out = terminal(id, "echo hello from " + id + "; exit " + i);
      try (BufferedReader output = Files.newBufferedReader(out)) {
        supervisor.start(id, "");
        assertThat(output.readLine()).isEqualTo("hello from " + id);
        assertThat(output.readLine()).isNull();
      }
      assertThat(supervisor.await(id, "")).isEqualTo(i);
      supervisor.delete(id, "");
    }
    assertThat(supervisor.state("stalled", "").getStatus()).isEqualTo(Status.RUNNING);
    supervisor.kill("stalled", "", 9);
    assertThat(supervisor.await("stalled", "")).isEqualTo(137);
    try (BufferedReader output = Files.newBufferedReader(full)) {
      assertThat(output.readLine()).startsWith("0123456789");
    }
    supervisor.delete("stalled", "");
  }
}
