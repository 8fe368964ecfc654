// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;

/** A pipe without a name; closing it closes both ends. */
public record Pipe(Fd read, Fd write) implements AutoCloseable {
  private static final int CLOEXEC = 0x80000;

  /** Makes one. */
  public static Pipe open() throws IOException {
    Memory fds = LibC.memory(8);
    LibC.check(LibC.pipe2(fds, CLOEXEC), "make pipe");
    return new Pipe(new Fd(fds.getInt(0)), new Fd(fds.getInt(4)));
  }

  @Override
  public void close() {
    read.close();
    write.close();
  }
}
