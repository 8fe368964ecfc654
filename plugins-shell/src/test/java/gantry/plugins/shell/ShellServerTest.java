// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.plugins.ListeningSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ShellServerTest {
  @TempDir Path directory;
  private final ThreadIOImpl threads = new ThreadIOImpl();
  private final Slow slow = new Slow();
  private CommandProcessorImpl processor;
  private KeptSocket socket;
  private ShellServer server;

  @BeforeEach
  void start() throws IOException {
    threads.start();
    processor = new CommandProcessorImpl(threads);
    processor.addCommand("gantry", new Greeting(), "greet");
    processor.addCommand("gantry", new Greeting(), "fail");
    processor.addCommand("gantry", slow, "linger");
    socket = new KeptSocket(directory.resolve("shell.sock"));
    server = server();
    server.takeOver();
  }

  private ShellServer server() {
    return new ShellServer(processor, CompletionsTest.completions(), socket);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    socket.close();
    threads.stop();
  }

  @Test
  void clientThatKnowsMarks_isToldHowEachLineEnded() throws IOException {
    try (SocketChannel client = connect()) {
      send(client, "#!gantry 1\ngreet you\nfail\n#?complete plu\n");
      client.shutdownOutput();

      assertThat(all(client))
          .startsWith("\0ready 1\nhello you\n\0status 0\nerror: no such thing\n\0status 1\n")
          .contains("\nplugins\t")
          .endsWith("\n\0status 0\n");
    }
  }

  @Test
  void versionThatHasNotTakenOver_doesNotAccept() throws IOException {
    ServerSocketChannel before = socket.channel;
    ShellServer next = server();
    assertThat(socket.channel).isSameAs(before);
    next.takeOver();
    assertThat(socket.channel).isNotSameAs(before);
    try (SocketChannel client = connect()) {
      send(client, "greet you\n");
      client.shutdownOutput();
      assertThat(all(client)).isEqualTo("hello you\n");
    }
    next.close();
  }

  @Test
  void giveWay_sendsWaitingClientsToTheNextVersion() throws IOException {
    try (SocketChannel client = connect()) {
      send(client, "#!gantry 1\ngreet you\n");
      InputStream in = Channels.newInputStream(client);
      assertThat(text(in, 29)).isEqualTo("\0ready 1\nhello you\n\0status 0\n");
      server.giveWay();
      assertThat(all(client)).isEqualTo("\0bye\n");
    }
    server.takeOver();
    try (SocketChannel client = connect()) {
      send(client, "greet you\n");
      client.shutdownOutput();
      assertThat(all(client)).isEqualTo("hello you\n");
    }
  }

  @Test
  void lineThatIsExecuted_isAnsweredAfterGivingWay() throws Exception {
    try (SocketChannel client = connect()) {
      send(client, "#!gantry 1\nlinger\n");
      assertThat(slow.begun.await(30, TimeUnit.SECONDS)).isTrue();
      server.close();
      slow.mayEnd.countDown();

      assertThat(all(client)).isEqualTo("\0ready 1\nlingered\n\0status 0\n\0bye\n");
    }
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
    client.connect(UnixDomainSocketAddress.of(socket.path()));
    return client;
  }

  private static void send(SocketChannel client, String text) throws IOException {
    client.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String all(SocketChannel client) throws IOException {
    return new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
  }

  private static String text(InputStream in, int bytes) throws IOException {
    return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
  }

  /** A socket that listens however often who accepts changes. */
  private static final class KeptSocket implements ListeningSocket {
    private final Path path;
    private @Nullable ServerSocketChannel channel;

    KeptSocket(Path path) {
      this.path = path;
    }

    @Override
    public Path path() {
      return path;
    }

    /** The name is all that lasts, which is enough for tests. */
    @Override
    public ServerSocketChannel channel() throws IOException {
      Files.deleteIfExists(path);
      ServerSocketChannel fresh = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel = fresh.bind(UnixDomainSocketAddress.of(path));
      return fresh;
    }

    @Override
    public void close() {}
  }

  /** A command that takes its time. */
  public static final class Slow {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);

    /** Ends when the test says. */
    public String linger() throws InterruptedException {
      begun.countDown();
      return mayEnd.await(30, TimeUnit.SECONDS) ? "lingered" : "forgotten";
    }
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
