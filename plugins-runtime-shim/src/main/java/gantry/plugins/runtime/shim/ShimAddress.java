// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.UnixConnector;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a shim listens: {@code unix://} and a path, {@code hvsock://} with path and port of a
 * virtual machine's socket, or the bare name of an abstract socket.
 */
record ShimAddress(String text) {
  private static final int ANSWER_MAX = 64;

  /**
   * Connects.
   *
   * @throws NotFoundException if nobody listens there any more
   * @throws UnavailableException if it cannot be known
   */
  SocketChannel connect() {
    int scheme = text.indexOf("://");
    String rest = scheme < 0 ? "@" + text : text.substring(scheme + 3);
    try {
      return switch (scheme < 0 ? "unix" : text.substring(0, scheme)) {
        case "unix" -> UnixConnector.connect(rest);
        case "hvsock" -> hybrid(rest);
        default ->
            throw new UnimplementedException(
                "connect to shim at %s: want unix:// or hvsock://".formatted(text));
      };
    } catch (IOException e) {
      if (isNobody(rest, e)) {
        throw new NotFoundException("shim at %s is gone".formatted(text), e);
      }
      throw new UnavailableException(
          "connect to shim at %s: %s".formatted(text, e.getMessage()), e);
    }
  }

  private static boolean isNobody(String name, IOException failure) {
    return failure instanceof ConnectException
        || (failure instanceof ErrnoException system && system.is(Errno.ECONNREFUSED))
        || (name.startsWith("/") && Files.notExists(Path.of(name.split(":", 2)[0])));
  }

  /** A virtual machine monitor passes the connection on to the port that it is told first. */
  private static SocketChannel hybrid(String pathAndPort) throws IOException {
    int colon = pathAndPort.lastIndexOf(':');
    if (colon < 0) {
      throw new IOException("no port in " + pathAndPort);
    }
    SocketChannel channel = UnixConnector.connect(pathAndPort.substring(0, colon));
    try {
      String hello = "CONNECT %s\n".formatted(pathAndPort.substring(colon + 1));
      channel.write(ByteBuffer.wrap(hello.getBytes(StandardCharsets.US_ASCII)));
      String answer = line(channel);
      if (!answer.startsWith("OK ")) {
        throw new IOException("answer was \"%s\"".formatted(answer));
      }
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static String line(SocketChannel channel) throws IOException {
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (line.length() < ANSWER_MAX) {
      if (channel.read(one.clear()) < 0) {
        throw new EOFException("connection closed by peer");
      }
      char next = (char) one.get(0);
      if (next == '\n') {
        break;
      }
      line.append(next);
    }
    return line.toString();
  }
}
