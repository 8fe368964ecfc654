// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixConnectorTest {
  @TempDir Path directory;

  @Test
  void connect_byPath_carriesBytesBothWays() throws Exception {
    echo(directory.resolve("s").toString());
  }

  @Test
  void connect_byAbstractName_carriesBytesBothWays() throws Exception {
    echo("@gantry-test-" + UUID.randomUUID());
  }

  @Test
  void connect_toNobody_isRefused() {
    assertThatThrownBy(() -> UnixConnector.connect("@gantry-test-" + UUID.randomUUID()))
        .isInstanceOf(ErrnoException.class)
        .hasMessageContaining("refused");
  }

  private static void echo(String name) throws Exception {
    try (UnixListener listener = UnixListener.bind(Path.of(name), 4);
        ServerSocketChannel server = listener.channel()) {
      Thread.ofVirtual().start(() -> answer(server));
      CompletableFuture<Byte> heard = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> ask(name, heard));

      assertThat(heard.get(60, TimeUnit.SECONDS)).isEqualTo((byte) 42);
    }
  }

  private static void answer(ServerSocketChannel server) {
    try (SocketChannel channel = server.accept()) {
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one);
      channel.write(one.flip());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void ask(String name, CompletableFuture<Byte> heard) {
    try (SocketChannel channel = UnixConnector.connect(name)) {
      channel.write(ByteBuffer.wrap(new byte[] {42}));
      ByteBuffer one = ByteBuffer.allocate(1);
      channel.read(one);
      heard.complete(one.get(0));
    } catch (IOException e) {
      heard.completeExceptionally(e);
    }
  }
}
