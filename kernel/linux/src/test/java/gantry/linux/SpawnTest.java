// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {
  @TempDir Path dir;
  private PidWatcher watcher;

  @BeforeEach
  void start() throws IOException {
    watcher = new PidWatcher();
  }

  @AfterEach
  void stop() {
    watcher.close();
  }

  private Fd file(String name) throws IOException {
    return Fd.open(dir.resolve(name), 0600, Open.READ_WRITE, Open.CREATE);
  }

  private PidWatcher.End end(int pid) throws Exception {
    return watcher.watch(pid).get(20, TimeUnit.SECONDS);
  }

  private Spawn shell(String script) {
    return new Spawn(Path.of("/bin/sh"), List.of("-c", script));
  }

  @Test
  void process_hasItsDescriptorsDirectoryAndEnvironmentOnly() throws Exception {
    try (Fd in = Fd.open(Path.of("/dev/null"), Open.READ);
        Fd out = file("out");
        Fd err = file("err")) {
      int pid =
          shell("pwd; echo $NAME; echo wrong >&2; ls /proc/$$/fd; exit 7")
              .directory(dir)
              .environment(Map.of("NAME", "wert", "PATH", "/usr/bin:/bin"))
              .descriptors(List.of(in, out, err))
              .start();
      assertThat(end(pid).status()).hasValue(7);
    }
    assertThat(dir.resolve("out")).hasContent(dir.toRealPath() + "\nwert\n0\n1\n2\n");
    assertThat(dir.resolve("err")).hasContent("wrong\n");
  }

  @Test
  void descriptors_mayBeGivenInAnyOrderAndTwice() throws Exception {
    try (Fd out = file("out");
        Fd other = file("other")) {
      int pid =
          shell("echo one; echo two >&2; echo three >&3; echo four >&4")
              .descriptors(List.of(other, out, out, other, out))
              .start();
      assertThat(end(pid).status()).hasValue(0);
    }
    assertThat(dir.resolve("out")).hasContent("one\ntwo\nfour\n");
    assertThat(dir.resolve("other")).hasContent("three\n");
  }

  @Test
  void signal_isReportedAbove128() throws Exception {
    int pid = shell("kill -TERM $$").start();
    assertThat(end(pid).status()).hasValue(143);
  }

  @Test
  void newSession_isLedByTheProcess() throws Exception {
    try (Fd out = file("out")) {
      int pid =
          shell("cut -d' ' -f6 /proc/$$/stat")
              .newSession()
              .descriptors(List.of(out, out, out))
              .start();
      assertThat(end(pid).status()).hasValue(0);
      assertThat(dir.resolve("out")).hasContent(pid + "\n");
    }
  }

  @Test
  void missingProgram_isNamed() {
    assertThatThrownBy(() -> new Spawn(Path.of("/no/such"), List.of()).start())
        .hasMessage("start /no/such: no such file or directory");
  }

  @Test
  void orphan_isReapedBySubreaper() throws Exception {
    Processes.becomeSubreaper();
    Fifos.create(dir.resolve("go"), 0600);
    Path pidFile = dir.resolve("pid");
    // the middle process ends at once; the one below waits for the fifo
    int middle = shell("(read x < " + dir + "/go; exit 9) & echo $! > " + pidFile).start();
    assertThat(end(middle).status()).hasValue(0);
    int orphan = Integer.parseInt(Files.readString(pidFile).strip());
    var ended = watcher.watch(orphan);
    assertThat(ended).isNotDone();
    try (Fd go = Fd.open(dir.resolve("go"), Open.READ_WRITE)) {
      go.write("x\n".getBytes(StandardCharsets.UTF_8), 0, 2);
      assertThat(ended.get(20, TimeUnit.SECONDS).status()).hasValue(9);
    }
  }

  @Test
  void javasOwnChildren_areLeftAlone() throws Exception {
    Process java = new ProcessBuilder("/bin/sh", "-c", "exit 5").start();
    int ours = shell("exit 6").start();
    assertThat(end(ours).status()).hasValue(6);
    assertThat(java.waitFor()).isEqualTo(5);
  }

  @Test
  void strangerProcess_endsWithoutStatus() throws Exception {
    Process java = new ProcessBuilder("/bin/sh", "-c", "read x").start();
    var ended = watcher.watch((int) java.pid());
    java.destroyForcibly();
    // Java's own thread may or may not have taken the status before
    assertThat(ended.get(20, TimeUnit.SECONDS).pid()).isEqualTo((int) java.pid());
  }

  @Test
  void fifo_openedBothWays_outlivesReadersAndWriters() throws Exception {
    Path path = dir.resolve("fifo");
    Fifos.create(path, 0600);
    assertThat(Fifos.is(path)).isTrue();
    assertThat(Fifos.is(dir)).isFalse();
    try (Fd fifo = Fd.open(path, Open.READ_WRITE, Open.NONBLOCK)) {
      byte[] buffer = new byte[10];
      assertThatThrownBy(() -> fifo.read(buffer, 0, 10))
          .isInstanceOfSatisfying(
              ErrnoException.class, e -> assertThat(e.is(Errno.EAGAIN)).isTrue());
      assertThat(Poll.await(fifo, Poll.READABLE, Duration.ZERO)).isZero();
      fifo.write(new byte[] {'a', 'b', 'c'}, 1, 2);
      assertThat(Poll.await(fifo, Poll.READABLE, Duration.ofSeconds(5))).isEqualTo(Poll.READABLE);
      assertThat(fifo.read(buffer, 3, 7)).isEqualTo(2);
      assertThat(buffer).startsWith(0, 0, 0, 'b', 'c');
    }
  }
}
