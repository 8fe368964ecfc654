// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Unix sockets that listen longer than those who accept from them: while a plugin is replaced by
 * another version, and, if somebody outside keeps them, while the daemon is. Who connects meanwhile
 * waits instead of failing. Safe for concurrent use.
 */
public interface ListeningSockets {
  /**
   * Opens a socket: one that listens already, was handed to the daemon or kept for it; else a new
   * one. A missing parent directory is made with mode 0770, the socket has mode 0660.
   *
   * @param address absolute path of at most 104 bytes, with or without {@code unix://}
   * @param uid owner of the socket
   * @param gid group of the socket
   * @throws gantry.errors.InvalidArgumentException if the path is too long or not absolute
   * @throws gantry.errors.FailedPreconditionException if another process listens there, or what is
   *     there is no socket
   */
  ListeningSocket open(String address, int uid, int gid) throws IOException;

  /**
   * The socket on which a process that outlives the daemon can serve to keep sockets for it.
   *
   * @see #keep
   */
  Path keeper();

  /**
   * Somebody serves at {@link #keeper} now: all sockets, also those opened later, are given to them
   * to keep. Does nothing if they have them.
   */
  void keep();
}
