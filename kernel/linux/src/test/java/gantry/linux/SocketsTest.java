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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

class SocketsTest {
  /** What an OCI runtime does: makes a terminal and hands its master over. */
  private static final String SENDER =
      """
      import array, os, pty, socket, sys
      master, slave = pty.openpty()
      s = socket.socket(socket.AF_UNIX)
      s.connect(sys.argv[1])
      s.sendmsg([b'/dev/ptmx'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [master]))])
      os.close(master)
      os.write(slave, b'hello\\n')
      os.read(0, 1)
      print(os.get_terminal_size(slave).columns, os.get_terminal_size(slave).lines)
      """;

  @TempDir Path dir;

  static boolean python() {
    return Files.isExecutable(Path.of("/usr/bin/python3"));
  }

  @Test
  @EnabledIf("python")
  void consoleSocket_receivesATerminal() throws Exception {
    try (ConsoleSocket socket = ConsoleSocket.listen(dir.resolve("console"))) {
      Process sender =
          new ProcessBuilder("python3", "-c", SENDER, socket.path().toString()).start();
      try (Fd master = socket.receive(Duration.ofSeconds(20))) {
        byte[] buffer = new byte[100];
        int count = master.read(buffer, 0, buffer.length);
        assertThat(new String(buffer, 0, count, StandardCharsets.UTF_8)).isEqualTo("hello\r\n");
        Terminal terminal = new Terminal(master);
        assertThat(Terminal.is(master)).isTrue();
        try (var mode = terminal.raw()) {
          assertThat(mode).isNotNull();
        }
        terminal.resize(new Winsize(132, 43));
        assertThat(terminal.size()).isEqualTo(new Winsize(132, 43));
        sender.getOutputStream().write('x');
        sender.getOutputStream().flush();
        assertThat(sender.inputReader().readLine()).isEqualTo("132 43");
      }
      sender.waitFor();
    }
    assertThat(dir.resolve("console")).doesNotExist();
  }

  @Test
  void consoleSocket_thatNobodyUses_timesOut() throws IOException {
    try (ConsoleSocket socket = ConsoleSocket.listen(dir.resolve("console"))) {
      assertThatThrownBy(() -> socket.receive(Duration.ofMillis(10)))
          .hasMessageEndingWith("connection timed out");
    }
  }

  @Test
  void notify_reachesAbstractAndPathSockets() throws Exception {
    for (String name : List.of("@gantry-test-" + ProcessHandle.current().pid(), dir + "/notify")) {
      UnixAddress address = UnixAddress.of(name);
      try (Fd listener = new Fd(LibC.socket(UnixAddress.FAMILY, 2, 0))) {
        LibC.check(LibC.bind(listener.number(), address.memory(), address.size()), "bind " + name);
        SdNotify.send(name, "READY=1");
        byte[] message = new byte[100];
        int length = listener.read(message, 0, message.length);
        assertThat(new String(message, 0, length, StandardCharsets.UTF_8)).isEqualTo("READY=1");
      }
    }
    SdNotify.send(null, "READY=1");
  }

  @Test
  void flock_isExclusive() throws IOException {
    Path file = dir.resolve("lock");
    try (Flock lock = Flock.tryLock(file).orElseThrow()) {
      assertThat(lock).isNotNull();
      assertThat(Flock.tryLock(file)).isEmpty();
    }
    try (Flock again = Flock.tryLock(file).orElseThrow()) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void fd_closedWhileInUse_waitsForTheCallToEnd() throws Exception {
    Path path = dir.resolve("fifo");
    Fifos.create(path, 0600);
    Fd fifo = Fd.open(path, Open.READ_WRITE);
    try (Fd other = fifo.duplicate()) {
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return fifo.read(new byte[10], 0, 10);
                } catch (IOException e) {
                  return -2;
                }
              },
              task -> Thread.ofPlatform().start(task));
      fifo.close();
      other.write(new byte[] {1}, 0, 1);
      // closed before or after the read began: never a hang, never a foreign descriptor
      assertThat(read.get()).isIn(1, -2);
    }
  }
}
