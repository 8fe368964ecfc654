// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import gantry.linux.Fd;
import gantry.linux.SdNotify;
import gantry.linux.UnixListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets of a service manager: those it passed to this process, {@code sd_listen_fds(3)}, and its
 * store for those it shall pass to the next, {@code FDSTORE} of {@code sd_notify(3)}.
 */
final class Inherited implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Inherited.class);
  private static final int FIRST = 3;
  private static final int COUNT_MAX = 64;

  private final Map<String, String> environment;
  private final Map<Path, UnixListener> sockets = new HashMap<>();

  /** Takes what was passed, if it was meant for this process. */
  Inherited(Map<String, String> environment) {
    this(environment, FIRST);
  }

  /**
   * As above.
   *
   * @param first number of the first descriptor
   */
  Inherited(Map<String, String> environment, int first) {
    this.environment = environment;
    String pid = Long.toString(ProcessHandle.current().pid());
    if (!pid.equals(environment.get("LISTEN_PID"))) {
      return;
    }
    for (int i = 0; i < count(environment.get("LISTEN_FDS")); i++) {
      adopt(first + i);
    }
  }

  private static int count(@Nullable String text) {
    try {
      return text == null ? 0 : Math.min(COUNT_MAX, Integer.parseInt(text));
    } catch (NumberFormatException e) {
      LOG.warn("LISTEN_FDS is no number: '{}'", text);
      return 0;
    }
  }

  private void adopt(int number) {
    try {
      UnixListener socket = UnixListener.of(Fd.inherited(number));
      UnixListener twice = sockets.putIfAbsent(socket.path(), socket);
      if (twice != null) {
        socket.close();
      }
    } catch (IOException e) {
      LOG.warn("descriptor {} that the service manager passed is of no use: {}", number, e);
    }
  }

  /** Takes the socket of a path, null if there is none. */
  @Nullable UnixListener take(Path path) {
    return sockets.remove(path);
  }

  /** Has the service manager keep a socket over a restart; false if it does not. */
  boolean store(OpenSocket socket) {
    try {
      return tell("FDSTORE=1\nFDNAME=" + name(socket), List.of(socket.listener().fd()));
    } catch (IOException e) {
      LOG.warn("socket {} is not stored with the service manager: {}", socket.path(), e.toString());
      return false;
    }
  }

  /** Has it let go of a socket. */
  void discard(OpenSocket socket) {
    try {
      tell("FDSTOREREMOVE=1\nFDNAME=" + name(socket), List.of());
    } catch (IOException e) {
      LOG.debug("socket {} stays with the service manager", socket.path(), e);
    }
  }

  private boolean tell(String message, List<Fd> descriptors) throws IOException {
    String address = environment.get("NOTIFY_SOCKET");
    if (address == null || count(environment.get("FDSTORE")) == 0) {
      return false;
    }
    SdNotify.send(address, message, descriptors);
    return true;
  }

  /** Names must not contain colons. */
  private static String name(OpenSocket socket) {
    return String.valueOf(socket.path().getFileName()).replaceAll("[^a-zA-Z0-9._-]", "_");
  }

  @Override
  public void close() {
    sockets.values().forEach(UnixListener::close);
    sockets.clear();
  }
}
