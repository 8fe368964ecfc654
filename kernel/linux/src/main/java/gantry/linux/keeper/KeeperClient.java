// SPDX-License-Identifier: Apache-2.0
package gantry.linux.keeper;

import gantry.linux.Fd;
import gantry.linux.PacketSocket;
import gantry.linux.Poll;
import gantry.linux.Rights;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The owner's connection to a keeper, to be left open as long as the owner lives: when it ends the
 * keeper begins to wait for the next. Each call has a deadline of 2 s. Safe for concurrent use.
 */
public final class KeeperClient implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private final PacketSocket socket;

  private KeeperClient(PacketSocket socket) {
    this.socket = socket;
  }

  /**
   * Connects.
   *
   * @throws IOException if no keeper serves there
   */
  public static KeeperClient connect(Path keeper) throws IOException {
    return new KeeperClient(PacketSocket.connect(keeper));
  }

  /** Has a socket kept; it stays the caller's as well. */
  public synchronized void keep(KeptSocket kept) throws IOException {
    ask(List.of(Messages.KEEP, kept.path().toString(), kept.identity()), List.of(kept.fd()))
        .close();
  }

  /** Has the keeper let go of a socket. */
  public synchronized void drop(Path path) throws IOException {
    ask(List.of(Messages.DROP, path.toString()), List.of()).close();
  }

  /** All sockets that are kept. */
  public synchronized List<KeptSocket> take() throws IOException {
    Rights.Message answer = ask(List.of(Messages.TAKE), List.of());
    List<String> parts = Messages.parts(answer);
    List<Fd> descriptors = answer.descriptors();
    if (parts.size() != 1 + 2 * descriptors.size()) {
      answer.close();
      throw new IOException("take sockets from keeper: malformed answer");
    }
    List<KeptSocket> taken = new ArrayList<>();
    for (int i = 0; i < descriptors.size(); i++) {
      taken.add(
          new KeptSocket(Path.of(parts.get(1 + 2 * i)), parts.get(2 + 2 * i), descriptors.get(i)));
    }
    return taken;
  }

  /** Whether the keeper is still there. */
  public boolean isOpen() {
    try {
      return Poll.await(socket.fd(), Poll.READABLE, Duration.ZERO) == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private Rights.Message ask(List<String> request, List<Fd> descriptors) throws IOException {
    Messages.send(socket, request, descriptors);
    if (Poll.await(socket.fd(), Poll.READABLE, DEADLINE) == 0) {
      close();
      throw new IOException("ask keeper of sockets: no answer in " + DEADLINE);
    }
    Rights.Message answer = Messages.receive(socket);
    List<String> parts = Messages.parts(answer);
    if (parts.isEmpty() || !parts.getFirst().equals(Messages.OK)) {
      answer.close();
      throw new IOException("ask keeper of sockets: it answers '%s'".formatted(parts));
    }
    return answer;
  }

  /** Leaves the keeper to wait for the next owner. */
  @Override
  public void close() {
    socket.close();
  }
}
