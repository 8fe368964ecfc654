// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.Open;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a process reads from. The write end is kept open too, until told otherwise, so that a client
 * that goes away is not the end of the input.
 */
final class Input implements AutoCloseable {
  private final Fd reader;
  private final @Nullable Fd keeper;

  private Input(Fd reader, @Nullable Fd keeper) {
    this.reader = reader;
    this.keeper = keeper;
  }

  /**
   * Opens one.
   *
   * @param name empty for none, else a named pipe
   */
  static Input open(String name) throws IOException {
    if (name.isEmpty()) {
      return new Input(Fd.open(Path.of("/dev/null"), Open.READ), null);
    }
    Path path = Outputs.path(name);
    // both ways first: opening for reading alone would wait for a writer
    Fd keeper = Fd.open(path, Open.READ_WRITE, Open.NONBLOCK);
    try {
      return new Input(Fd.open(path, Open.READ), keeper);
    } catch (IOException e) {
      keeper.close();
      throw e;
    }
  }

  Fd reader() {
    return reader;
  }

  /** The write end, if it is still kept open. */
  Optional<Fd> writer() {
    return Optional.ofNullable(keeper).filter(Fd::isOpen);
  }

  void closeWriter() {
    if (keeper != null) {
      keeper.close();
    }
  }

  @Override
  public void close() {
    reader.close();
    closeWriter();
  }
}
