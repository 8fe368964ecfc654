// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.FailedPreconditionException;
import gantry.errors.InvalidArgumentException;
import gantry.linux.UnixListener;
import gantry.linux.keeper.Keeper;
import gantry.plugins.ListeningSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class SocketsTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path dir;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private Path path;

  @BeforeEach
  void name() {
    path = dir.resolve("run/g.sock");
  }

  private Sockets sockets(Map<String, String> environment) {
    return sockets(new Inherited(environment), LONG);
  }

  private Sockets sockets(Inherited inherited, Duration grace) {
    stopping.set(false);
    return new Sockets(dir.resolve("keeper.sock"), inherited, stopping::get, grace);
  }

  /** As the kernel does when the framework stops. */
  private void stop(Sockets sockets, ListeningSocket held) {
    stopping.set(true);
    held.close();
    sockets.close();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(path));
    client.write(ByteBuffer.wrap(new byte[] {5}));
    return client;
  }

  private static void serveOne(ListeningSocket socket) throws IOException {
    try (ServerSocketChannel channel = socket.channel();
        SocketChannel server = channel.accept()) {
      ByteBuffer read = ByteBuffer.allocate(4);
      server.read(read);
      assertThat(read.get(0)).isEqualTo((byte) 5);
    }
  }

  @Test
  void socket_isOpenToItsGroup_andGoesWithTheDaemon() throws IOException {
    Sockets sockets = sockets(Map.of());
    ListeningSocket socket = sockets.open("unix://" + path, 0, 0);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-rw----");
    try (SocketChannel client = connect()) {
      assertThat(client.isConnected()).isTrue();
      serveOne(socket);
    }
    stop(sockets, socket);
    assertThat(path).doesNotExist();
  }

  @Test
  void connectionBetweenTwoHolders_waitsForTheNext() throws IOException {
    try (Sockets sockets = sockets(Map.of())) {
      sockets.open(path.toString(), 0, 0).close();
      try (SocketChannel client = connect();
          ListeningSocket next = sockets.open(path.toString(), 0, 0)) {
        assertThat(client.isConnected()).isTrue();
        serveOne(next);
      }
    }
  }

  @Test
  void socketNobodyOpensAgain_isClosedAfterAWhile() throws Exception {
    try (Sockets sockets = sockets(new Inherited(Map.of()), Duration.ofMillis(20))) {
      sockets.open(path.toString(), 0, 0).close();
      while (Files.exists(path)) {
        Thread.onSpinWait();
      }
      sockets.open(path.toString(), 0, 0);
      serve(sockets);
    }
  }

  private void serve(Sockets sockets) throws IOException {
    try (SocketChannel client = connect();
        ListeningSocket socket = sockets.open(path.toString(), 0, 0)) {
      assertThat(client.isConnected()).isTrue();
      serveOne(socket);
    }
  }

  @Test
  void connectionWhileTheDaemonRestarts_isServedByTheNext_alsoAfterACrash() throws Exception {
    try (Keeper keeper = new Keeper(dir.resolve("keeper.sock"), LONG)) {
      assertThat(keeper).isNotNull();
      Sockets first = sockets(Map.of());
      ListeningSocket held = first.open(path.toString(), 0, 0);
      first.keep();
      first.keep();
      stop(first, held);
      assertThat(path).exists();
      try (SocketChannel client = connect()) {
        assertThat(client.isConnected()).isTrue();
        Sockets second = sockets(Map.of());
        try (ListeningSocket again = second.open(path.toString(), 0, 0)) {
          serveOne(again);
        }
        // what a crash is to the keeper: the connection ends and nothing is said
        second.forgetKeeper();
      }
      Sockets third = sockets(Map.of());
      try (SocketChannel client = connect();
          ListeningSocket again = third.open(path.toString(), 0, 0)) {
        assertThat(client.isConnected()).isTrue();
        serveOne(again);
      }
      third.close();
      assertThat(path).doesNotExist();
    }
  }

  @Test
  void socketOfTheServiceManager_isUsedAndItsFileLeft() throws Exception {
    Files.createDirectories(path.getParent());
    try (UnixListener manager = UnixListener.bind(path, 16)) {
      int number = manager.fd().duplicate().number();
      Map<String, String> environment =
          Map.of("LISTEN_PID", "" + ProcessHandle.current().pid(), "LISTEN_FDS", "1");
      Sockets sockets = sockets(new Inherited(environment, number), LONG);
      try (SocketChannel client = connect()) {
        assertThat(client.isConnected()).isTrue();
        ListeningSocket socket = sockets.open(path.toString(), 0, 0);
        serveOne(socket);
        stop(sockets, socket);
      }
      assertThat(path).exists();
    }
  }

  @Test
  void socketsMeantForAnotherProcess_areLeftAlone() throws IOException {
    try (Sockets sockets = sockets(Map.of("LISTEN_PID", "1", "LISTEN_FDS", "40"))) {
      sockets.open(path.toString(), 0, 0);
      serve(sockets);
    }
  }

  @Test
  void socketOfALiveProcess_isRefused_andOneNobodyAnswersOnReplaced() throws IOException {
    Files.createDirectories(path.getParent());
    try (UnixListener other = UnixListener.bind(path, 16);
        Sockets sockets = sockets(Map.of())) {
      assertThat(other.path()).exists();
      assertThatThrownBy(() -> sockets.open(path.toString(), 0, 0))
          .isInstanceOf(FailedPreconditionException.class)
          .hasMessageContaining("another daemon answers there");
    }
    try (Sockets sockets = sockets(Map.of())) {
      sockets.open(path.toString(), 0, 0);
      serve(sockets);
    }
  }

  @Test
  void whatIsNoSocketOrNoPath_isRefused() throws IOException {
    try (Sockets sockets = sockets(Map.of())) {
      Path file = Files.writeString(dir.resolve("file"), "precious");
      assertThatThrownBy(() -> sockets.open(file.toString(), 0, 0))
          .isInstanceOf(FailedPreconditionException.class);
      assertThat(file).hasContent("precious");
      assertThatThrownBy(() -> sockets.open("/" + "x".repeat(104), 0, 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("at most 104");
      assertThatThrownBy(() -> sockets.open("relative", 0, 0))
          .isInstanceOf(InvalidArgumentException.class);
    }
  }
}
