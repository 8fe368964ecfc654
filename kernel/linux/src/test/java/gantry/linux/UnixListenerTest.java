// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixListenerTest {
  @TempDir Path dir;

  private SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(dir.resolve("s")));
    return client;
  }

  private static int talk(SocketChannel client, SocketChannel server) throws IOException {
    client.write(ByteBuffer.wrap(new byte[] {7}));
    ByteBuffer answer = ByteBuffer.allocate(8);
    server.read(answer);
    return answer.get(0);
  }

  @Test
  void channel_acceptsFromTheSocket_blockingAndSelected() throws Exception {
    try (UnixListener listener = UnixListener.bind(dir.resolve("s"), 16);
        ServerSocketChannel blocking = listener.channel();
        ServerSocketChannel selected = listener.channel();
        Selector selector = Selector.open()) {
      try (SocketChannel client = connect();
          SocketChannel server = blocking.accept()) {
        assertThat(talk(client, server)).isEqualTo(7);
      }
      selected.configureBlocking(false);
      selected.register(selector, SelectionKey.OP_ACCEPT);
      try (SocketChannel client = connect()) {
        assertThat(selector.select(10_000)).isOne();
        try (SocketChannel server = selected.accept()) {
          assertThat(talk(client, server)).isEqualTo(7);
        }
      }
    }
  }

  @Test
  void connectionMadeWhileOneAccepts_isTakenByAnother() throws Exception {
    try (UnixListener listener = UnixListener.bind(dir.resolve("s"), 16)) {
      ServerSocketChannel first = listener.channel();
      try (SocketChannel client = connect()) {
        first.close();
        try (ServerSocketChannel second = listener.channel();
            SocketChannel server = second.accept()) {
          assertThat(talk(client, server)).isEqualTo(7);
        }
      }
    }
  }

  @Test
  void socketThatWasPassedOn_acceptsInAnotherHand() throws Exception {
    Path packets = dir.resolve("p");
    try (PacketSocket server = PacketSocket.listen(packets);
        PacketSocket client = PacketSocket.connect(packets);
        PacketSocket accepted = server.accept()) {
      try (UnixListener listener = UnixListener.bind(dir.resolve("s"), 16)) {
        Rights.send(client.fd(), new byte[] {'x'}, List.of(listener.fd(), listener.fd()));
      }
      try (Rights.Message message = Rights.receive(accepted.fd(), 100, 4)) {
        assertThat(message.text()).isEqualTo("x");
        assertThat(message.descriptors()).hasSize(2);
        UnixListener again = UnixListener.of(message.descriptors().getFirst());
        assertThat(again.path()).isEqualTo(dir.resolve("s"));
        again.listen(16);
        try (ServerSocketChannel channel = again.channel();
            SocketChannel caller = connect();
            SocketChannel called = channel.accept()) {
          assertThat(talk(caller, called)).isEqualTo(7);
        }
      }
      Rights.send(client.fd(), new byte[101], List.of());
      assertThatThrownBy(() -> Rights.receive(accepted.fd(), 100, 4))
          .hasMessageContaining("more than 100 bytes");
      Rights.send(client.fd(), new byte[1], List.of(client.fd(), client.fd(), client.fd()));
      assertThatThrownBy(() -> Rights.receive(accepted.fd(), 100, 2))
          .hasMessageContaining("2 descriptors");
    }
  }

  @Test
  void descriptorThatIsNoListeningSocket_isNotTakenOver() throws Exception {
    assertThatThrownBy(() -> UnixListener.of(Fd.open(dir, Open.PATH)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no listening unix socket");
    try (UnixListener listener = UnixListener.bind(dir.resolve("s"), 16);
        SocketChannel client = connect()) {
      assertThat(client.isConnected()).isTrue();
      assertThatThrownBy(() -> UnixListener.bind(dir.resolve("s"), 16))
          .hasMessageEndingWith("address already in use");
      assertThat(listener.path()).exists();
      assertThat(UnixListener.owner(dir.resolve("s")).getAsInt())
          .isEqualTo((int) ProcessHandle.current().pid());
    }
    assertThat(UnixListener.owner(dir.resolve("s"))).isEmpty();
    assertThat(UnixListener.owner(dir.resolve("nothing"))).isEmpty();
  }
}
