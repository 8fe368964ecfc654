// SPDX-License-Identifier: Apache-2.0
package gantry.linux.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.linux.PacketSocket;
import gantry.linux.Rights;
import gantry.linux.UnixListener;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class KeeperTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path dir;
  private Path path;
  private Path socket;

  @BeforeEach
  void name() {
    path = dir.resolve("keeper.sock");
    socket = dir.resolve("s");
  }

  /** An owner that keeps its socket and leaves. */
  private void leave(KeeperClient owner) throws IOException {
    try (UnixListener listener = UnixListener.bind(socket, 16)) {
      owner.keep(new KeptSocket(socket, KeptSocket.identityOf(socket), listener.fd()));
    }
    owner.close();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(socket));
    return client;
  }

  @Test
  void connectionMadeWhileNobodyOwnsTheSocket_isServedByTheNextOwner() throws Exception {
    try (Keeper keeper = new Keeper(path, LONG)) {
      assertThat(keeper).isNotNull();
      leave(KeeperClient.connect(path));
      try (SocketChannel client = connect();
          KeeperClient next = KeeperClient.connect(path)) {
        client.write(ByteBuffer.wrap(new byte[] {9}));
        KeptSocket taken = next.take().getFirst();
        assertThat(taken.path()).isEqualTo(socket);
        assertThat(taken.isAtItsPath()).isTrue();
        try (UnixListener listener = UnixListener.of(taken.fd());
            ServerSocketChannel channel = listener.channel();
            SocketChannel server = channel.accept()) {
          ByteBuffer read = ByteBuffer.allocate(4);
          server.read(read);
          assertThat(read.get(0)).isEqualTo((byte) 9);
        }
        // still kept, should this owner go the hard way
        next.take().forEach(kept -> kept.fd().close());
        next.drop(socket);
        assertThat(next.take()).isEmpty();
      }
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void socketNobodyComesFor_isClosedAndItsFileRemoved() throws Exception {
    try (Keeper keeper = new Keeper(path, SHORT)) {
      KeeperClient owner = KeeperClient.connect(path);
      try (UnixListener listener = UnixListener.bind(socket, 16)) {
        owner.keep(new KeptSocket(socket, KeptSocket.identityOf(socket), listener.fd()));
      }
      try (SocketChannel waiting = connect()) {
        owner.close();
        keeper.awaitRelief();
        assertThat(socket).doesNotExist();
        assertThatThrownBy(() -> read(waiting)).isInstanceOf(IOException.class);
      }
    }
  }

  private static void read(SocketChannel channel) throws IOException {
    if (channel.read(ByteBuffer.allocate(1)) < 0) {
      throw new IOException("end");
    }
  }

  @Test
  void fileThatIsAnothersByNow_isNotRemoved() throws Exception {
    try (Keeper keeper = new Keeper(path, SHORT)) {
      KeeperClient owner = KeeperClient.connect(path);
      try (UnixListener listener = UnixListener.bind(socket, 16)) {
        owner.keep(new KeptSocket(socket, KeptSocket.identityOf(socket), listener.fd()));
      }
      Files.move(socket, dir.resolve("moved"));
      Files.writeString(socket, "another's");
      owner.close();
      keeper.awaitRelief();
      assertThat(socket).hasContent("another's");
    }
  }

  @Test
  void relief_waitsForTheNextOwner_andComesAtOnceWithNothingToKeep() throws Exception {
    try (Keeper keeper = new Keeper(path, LONG)) {
      leave(KeeperClient.connect(path));
      keeper.leave();
      CompletableFuture<Void> relief =
          CompletableFuture.runAsync(
              () -> {
                try {
                  keeper.awaitRelief();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              },
              task -> Thread.ofPlatform().start(task));
      try (KeeperClient next = KeeperClient.connect(path)) {
        assertThat(relief).isNotDone();
        next.take().forEach(kept -> kept.fd().close());
        relief.get(10, TimeUnit.SECONDS);
      }
      assertThat(socket).exists();
    }
    try (Keeper idle = new Keeper(path, LONG)) {
      idle.awaitRelief();
    }
  }

  @Test
  void nonsense_endsTheConnectionAndNotTheKeeper() throws Exception {
    try (Keeper keeper = new Keeper(path, LONG)) {
      assertThat(keeper).isNotNull();
      leave(KeeperClient.connect(path));
      try (PacketSocket rude = PacketSocket.connect(path)) {
        Rights.send(rude.fd(), new byte[] {1, 2, 3}, List.of());
        assertThat(gantry.linux.Poll.await(rude.fd(), gantry.linux.Poll.READABLE, LONG))
            .isNotZero();
      }
      try (KeeperClient next = KeeperClient.connect(path)) {
        List<KeptSocket> kept = next.take();
        assertThat(kept).hasSize(1);
        kept.forEach(one -> one.fd().close());
      }
    }
  }
}
