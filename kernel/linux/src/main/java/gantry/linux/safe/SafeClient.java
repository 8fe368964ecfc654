// SPDX-License-Identifier: Apache-2.0
package gantry.linux.safe;

import gantry.linux.Fd;
import gantry.linux.PacketSocket;
import gantry.linux.Poll;
import gantry.linux.Rights;
import gantry.linux.keeper.KeptSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The owner's connection to a safe. Each call has a deadline of 2 s; one that fails ends the
 * connection. Safe for concurrent use.
 */
public final class SafeClient implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(2);

  private final PacketSocket socket;
  private final Path path;
  private final String identity;

  private SafeClient(PacketSocket socket, Path path, String identity) {
    this.socket = socket;
    this.path = path;
    this.identity = identity;
  }

  /**
   * Connects.
   *
   * @throws IOException if no safe serves there
   */
  public static SafeClient connect(Path path) throws IOException {
    String identity = KeptSocket.identityOf(path);
    return new SafeClient(PacketSocket.connect(path), path, identity);
  }

  /**
   * Has descriptors kept; they stay the caller's as well.
   *
   * @param descriptors 1 to 8
   */
  public synchronized void put(String name, String label, List<Fd> descriptors) throws IOException {
    ask(List.of(Messages.PUT, name, label), descriptors).close();
  }

  /** Has the safe let go of what it keeps under a name. */
  public synchronized void drop(String name) throws IOException {
    ask(List.of(Messages.DROP, name), List.of()).close();
  }

  /** What is kept under a name, which goes on to be kept. */
  public synchronized Optional<Kept> take(String name) throws IOException {
    Rights.Message answer = ask(List.of(Messages.TAKE, name), List.of());
    List<String> parts = Messages.parts(answer);
    return parts.size() == 2
        ? Optional.of(new Kept(parts.get(1), answer.descriptors()))
        : Optional.empty();
  }

  /** Has the safe let go of all that was not put on this connection. */
  public synchronized void sweep() throws IOException {
    ask(List.of(Messages.SWEEP), List.of()).close();
  }

  /** Whether this is connected, and to the one that others would reach now. */
  public boolean isCurrent() {
    try {
      return Poll.await(socket.fd(), Poll.READABLE, Duration.ZERO) == 0
          && identity.equals(KeptSocket.identityOf(path));
    } catch (IOException e) {
      return false;
    }
  }

  private Rights.Message ask(List<String> request, List<Fd> descriptors) throws IOException {
    // fails alone if one of the descriptors is closed
    Messages.send(socket, request, descriptors);
    Rights.Message answer = null;
    try {
      if (Poll.await(socket.fd(), Poll.READABLE, DEADLINE) == 0) {
        throw new IOException("ask safe for descriptors: no answer in " + DEADLINE);
      }
      answer = Messages.receive(socket);
    } finally {
      if (answer == null) {
        close();
      }
    }
    List<String> parts = Messages.parts(answer);
    if (parts.isEmpty() || !parts.getFirst().equals(Messages.OK)) {
      answer.close();
      throw new IOException("ask safe for descriptors: it answers '%s'".formatted(parts));
    }
    return answer;
  }

  @Override
  public void close() {
    socket.close();
  }
}
