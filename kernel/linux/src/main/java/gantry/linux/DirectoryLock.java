// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An exclusive advisory lock on a directory, {@code flock(2)}. It belongs to this object, not to
 * the process as a {@link java.nio.channels.FileLock} does: it holds against other processes and
 * against other holders in this one, whatever class loader they come from, and no stray close of
 * another descriptor drops it. The kernel drops it when the process dies. Safe for concurrent use.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final int EXCLUSIVE = 2;
  private static final int NON_BLOCKING = 4;

  private final Fd fd;

  private DirectoryLock(Fd fd) {
    this.fd = fd;
  }

  /**
   * Takes the lock if it is free.
   *
   * @return the lock, or empty if somebody holds it
   * @throws NoSuchFileException if there is no such directory, or it was replaced meanwhile
   */
  public static Optional<DirectoryLock> tryAcquire(Path directory) throws IOException {
    DirectoryLock lock = new DirectoryLock(open(directory));
    try {
      boolean held = lock.hold(directory);
      if (!held) {
        lock.close();
      }
      return held ? Optional.of(lock) : Optional.empty();
    } catch (IOException e) {
      lock.close();
      throw e;
    }
  }

  private static Fd open(Path directory) throws IOException {
    try {
      return Fd.open(directory, Open.READ);
    } catch (ErrnoException e) {
      if (e.is(Errno.ENOENT)) {
        throw new NoSuchFileException(directory.toString());
      }
      throw e;
    }
  }

  private boolean hold(Path directory) throws IOException {
    try (Fd.Use use = fd.use()) {
      if (LibC.flock(use.number(), EXCLUSIVE | NON_BLOCKING) < 0) {
        if (LibC.errno() == Errno.EAGAIN.number()) {
          return false;
        }
        throw LibC.failure("lock " + directory);
      }
    }
    // Between open and lock somebody may have put another directory there.
    if (!Files.isSameFile(directory, path())) {
      throw new NoSuchFileException(directory.toString());
    }
    return true;
  }

  /**
   * A path that leads into the very directory that is locked, also when it was renamed or deleted
   * since; valid until this is closed.
   */
  public Path path() {
    return Path.of("/proc/self/fd", Integer.toString(fd.number()));
  }

  /** Releases the lock. Idempotent. */
  @Override
  public void close() {
    fd.close();
  }
}
