// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import gantry.linux.UnixListener;
import gantry.linux.keeper.KeptSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A socket and how many hold it. Guarded by its owner's lock. */
final class OpenSocket {
  private final UnixListener listener;
  private final KeptSocket kept;
  private final boolean lent;
  private boolean stored;
  private int holders;

  /**
   * Takes a socket that is at its path.
   *
   * @param lent whether its file is the service manager's
   */
  OpenSocket(UnixListener listener, boolean lent) throws IOException {
    this.listener = listener;
    this.kept =
        new KeptSocket(listener.path(), KeptSocket.identityOf(listener.path()), listener.fd());
    this.lent = lent;
  }

  UnixListener listener() {
    return listener;
  }

  Path path() {
    return listener.path();
  }

  KeptSocket kept() {
    return kept;
  }

  /** Whether its file is another's. */
  boolean lent() {
    return lent;
  }

  /** Whether the service manager has it, lent or stored. */
  boolean managed() {
    return lent || stored;
  }

  void stored(boolean yes) {
    stored = yes;
  }

  void hold() {
    holders++;
  }

  /** One holder less; returns whether it was the last. */
  boolean release() {
    holders--;
    return holders == 0;
  }

  boolean unused() {
    return holders == 0;
  }

  /** Removes the file, unless another's is there. */
  void removeFile() throws IOException {
    if (kept.isAtItsPath()) {
      Files.deleteIfExists(path());
    }
  }
}
