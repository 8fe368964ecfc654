// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** An exclusive lock on a file, {@code flock(2)}; held until closed or the process ends. */
public final class Flock implements AutoCloseable {
  private static final int EXCLUSIVE_NOW = 2 | 4;

  private final Fd fd;

  private Flock(Fd fd) {
    this.fd = fd;
  }

  /** Takes the lock of a file, which is made if need be; empty if somebody else has it. */
  public static Optional<Flock> tryLock(Path file) throws IOException {
    Fd fd = Fd.open(file, 0600, Open.READ_WRITE, Open.CREATE);
    if (LibC.flock(fd.number(), EXCLUSIVE_NOW) == 0) {
      return Optional.of(new Flock(fd));
    }
    ErrnoException failure = LibC.failure("lock " + file);
    fd.close();
    if (failure.is(Errno.EAGAIN)) {
      return Optional.empty();
    }
    throw failure;
  }

  /** A lock that this process was started with, by the descriptor that has it. */
  public static Flock inherited(Fd fd) {
    return new Flock(fd);
  }

  /** The descriptor, which stays this object's. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
