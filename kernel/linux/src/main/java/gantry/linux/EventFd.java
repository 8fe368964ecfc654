// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;

/** A flag that a poll can wait for, {@code eventfd(2)}. Safe for concurrent use. */
public final class EventFd implements AutoCloseable {
  private static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;

  private final Fd fd;

  /** Makes one that is not raised. */
  public EventFd() throws IOException {
    fd = new Fd(LibC.check(LibC.eventfd(0, CLOEXEC_NONBLOCK), "create eventfd"));
  }

  /** Raises it: it becomes readable until {@link #lower}. */
  public void raise() throws IOException {
    fd.write(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, 0, 8);
  }

  /** Lowers it; no effect if it is not raised. */
  public void lower() throws IOException {
    try {
      fd.read(new byte[8], 0, 8);
    } catch (ErrnoException e) {
      if (!e.is(Errno.EAGAIN)) {
        throw e;
      }
    }
  }

  /** For polling. */
  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}
