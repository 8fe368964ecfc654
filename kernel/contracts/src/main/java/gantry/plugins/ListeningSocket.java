// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/**
 * A plugin's hold on a socket that the kernel keeps listening. Closing it lets go: the socket goes
 * on listening for a while, for whoever opens it next. Safe for concurrent use.
 */
public interface ListeningSocket extends AutoCloseable {
  /** Where clients connect. */
  Path path();

  /**
   * A new channel that accepts from the socket, bound and blocking; its local address means
   * nothing. All channels of a socket, also those of other holders, take connections from the same
   * queue: to let another take them, close this one. Connections nobody has accepted stay in it.
   */
  ServerSocketChannel channel() throws IOException;

  /** Lets go. Channels stay open. Idempotent. */
  @Override
  void close();
}
