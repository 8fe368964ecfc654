// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.Winsize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

  @Override
  void close() throws IOException;
}
