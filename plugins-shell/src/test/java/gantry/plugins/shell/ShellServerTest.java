// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellServerTest {
  @TempDir Path directory;
  private final ThreadIOImpl threads = new ThreadIOImpl();
  private Path socket;
  private ShellServer server;

  @BeforeEach
  void start() throws IOException {
    threads.start();
    CommandProcessorImpl processor = new CommandProcessorImpl(threads);
    processor.addCommand("gantry", new Greeting(), "greet");
    processor.addCommand("gantry", new Greeting(), "fail");
    socket = directory.resolve("shell.sock");
    Path own = Files.createDirectories(directory.resolve("own"));
    server = new ShellServer(processor, socket, own);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.stop();
  }

  @Test
  void socket_isForItsOwnerAlone() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
  }

  @Test
  void linesOfAProgram_areAnsweredWithoutPrompt() throws IOException {
    try (SocketChannel client = connect()) {
      send(client, "greet you\n# nothing\n\nfail\n");
      client.shutdownOutput();

      assertThat(all(client)).isEqualTo("hello you\nerror: no such thing\n");
    }
  }

  @Test
  void exit_endsTheSession() throws IOException {
    try (SocketChannel client = connect()) {
      send(client, "exit\ngreet you\n");

      assertThat(all(client)).isEmpty();
    }
  }

  @Test
  void whoTypesSlowly_isPrompted() throws IOException {
    try (SocketChannel client = connect()) {
      InputStream in = Channels.newInputStream(client);
      assertThat(new String(in.readNBytes(3), StandardCharsets.UTF_8))
          .isEqualTo(ShellSession.PROMPT);
      send(client, "greet you\n");
      assertThat(new String(in.readNBytes(10), StandardCharsets.UTF_8)).isEqualTo("hello you\n");
    }
  }

  @Test
  void sessionBeyondTheLimit_isTurnedAway() throws IOException {
    List<SocketChannel> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      SocketChannel client = connect();
      clients.add(client);
      assertThat(Channels.newInputStream(client).readNBytes(3)).hasSize(3);
    }
    try (SocketChannel oneTooMany = connect()) {
      assertThat(all(oneTooMany)).isEmpty();
    }
    for (SocketChannel client : clients) {
      client.close();
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX);
    client.connect(UnixDomainSocketAddress.of(socket));
    return client;
  }

  private static void send(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String all(SocketChannel client) throws IOException {
    return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Two commands. */
  public static final class Greeting {
    /** Greets. */
    public String greet(String whom) {
      return "hello " + whom;
    }

    /** Fails. */
    public String fail() {
      throw new IllegalStateException("no such thing");
    }
  }
}
