// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A shell that says to each line what a test wrote down, and ends after a goodbye. */
final class FakeShell implements AutoCloseable {
  static final String BYE = "\0bye\n";

  private final Path path;
  private final ServerSocketChannel listening;
  private final Map<String, List<String>> answers;
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** Answers the n-th time a line comes with its n-th answer; the last one stays. */
  FakeShell(Path path, Map<String, List<String>> answers) throws IOException {
    this.path = path;
    this.answers = Map.copyOf(answers);
    this.listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(path));
    Thread.ofVirtual().start(this::accept);
  }

  Path path() {
    return path;
  }

  /** What came, without openings. */
  List<String> lines() {
    return lines;
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = listening.accept();
        Thread.ofVirtual().start(() -> serve(channel));
      }
    } catch (IOException closed) {
      // the test is over
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
      OutputStream out = Channels.newOutputStream(channel);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String answer = line.equals("#!gantry 1") ? opening() : answer(line);
        out.write(answer.getBytes(StandardCharsets.UTF_8));
        if (answer.equals(BYE)) {
          return;
        }
      }
    } catch (IOException gone) {
      // the client left
    }
  }

  private String opening() {
    return answers.getOrDefault("", List.of("\0ready 1\n")).getFirst();
  }

  private String answer(String line) {
    long before = lines.stream().filter(line::equals).count();
    lines.add(line);
    List<String> all = answers.getOrDefault(line, List.of("error: " + line + "\n\0status 1\n"));
    return all.get((int) Math.min(before, all.size() - 1));
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
