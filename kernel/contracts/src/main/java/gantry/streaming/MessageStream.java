// SPDX-License-Identifier: Apache-2.0
package gantry.streaming;

import gantry.typed.TypedValue;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Typed messages to and from a client. One thread may send while another receives. */
public interface MessageStream extends AutoCloseable {
  /**
   * Sends a message; waits while the client takes none.
   *
   * @throws IOException if the stream has ended
   */
  void send(TypedValue message) throws IOException;

  /**
   * The next message.
   *
   * @return null if the client has sent its last
   * @throws gantry.errors.DeadlineExceededException if none comes in time
   * @throws IOException if the stream has broken
   */
  @Nullable TypedValue receive(Duration deadline) throws IOException;

  /** Runs an action when the stream ends, at once if it has ended. */
  void onClose(Runnable action);

  /** Ends it from this side. Idempotent. */
  @Override
  void close();
}
