// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.Winsize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The streams of one process, from before it is made until it is deleted. */
interface Streams extends AutoCloseable {
  /** What the runtime gets as its 0, 1 and 2; owned here. */
  List<Fd> descriptors();

  /** The socket on which the runtime hands over a terminal. */
  Optional<Path> console();

  /** To be called when the runtime has made the process: what it got is let go. */
  void handedOver() throws IOException, InterruptedException;

  /** Lets go of the write end of the input. */
  void closeInput();

  /** Changes the size of the terminal; nothing if there is none. */
  void resize(Winsize size) throws IOException;

  /** Waits until the output has gone where it belongs; false if it had not in that time. */
  boolean drain(Duration longest) throws InterruptedException;

  /** Those descriptors that must outlive this process, as far as they are open; owned here. */
  default Map<Role, Fd> belongings() {
    return Map.of();
  }

  /** What to run when there is less that belongs to them; once at least, and perhaps at once. */
  default void whenEnded(Runnable action) {}

  /**
   * Stops what this process does for the streams, for another to go on with; nothing is closed.
   *
   * @return what was read and not yet written
   */
  default TerminalPump.Unwritten pause() throws InterruptedException {
    return TerminalPump.Unwritten.NONE;
  }

  /** The program that takes the output; 0 for none. */
  default int loggerPid() {
    return 0;
  }

  @Override
  void close() throws IOException;
}
