// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;

/** A terminal, by a descriptor of either of its sides; owned by the caller. */
public final class Terminal {
  private static final long TIOCGWINSZ = 0x5413;
  private static final long TIOCSWINSZ = 0x5414;
  private static final int TERMIOS_SIZE = 64;
  private static final int TCSANOW = 0;

  private final Fd fd;

  /** Wraps a descriptor; nothing is checked before it is used. */
  public Terminal(Fd fd) {
    this.fd = fd;
  }

  /** Whether this descriptor is a terminal. */
  public static boolean is(Fd fd) {
    return LibC.tcgetattr(fd.number(), LibC.memory(TERMIOS_SIZE)) == 0;
  }

  /** Its size. */
  public Winsize size() throws IOException {
    Memory size = LibC.memory(8);
    ioctl(TIOCGWINSZ, size, "read size of terminal");
    return new Winsize(size.getShort(2) & 0xffff, size.getShort(0) & 0xffff);
  }

  /** Changes its size; the processes in its foreground are told by a signal. */
  public void resize(Winsize wanted) throws IOException {
    Memory size = LibC.memory(8);
    size.setShort(0, (short) wanted.rows());
    size.setShort(2, (short) wanted.columns());
    ioctl(TIOCSWINSZ, size, "resize terminal");
  }

  /** Passes every byte on untouched, until the result is closed. */
  public Mode raw() throws IOException {
    Memory before = attributes();
    Memory raw = attributes();
    LibC.cfmakeraw(raw);
    set(raw);
    return new Mode(before);
  }

  private Memory attributes() throws IOException {
    Memory mode = LibC.memory(TERMIOS_SIZE);
    try (Fd.Use use = fd.use()) {
      LibC.check(LibC.tcgetattr(use.number(), mode), "read mode of terminal");
    }
    return mode;
  }

  private void set(Memory mode) throws IOException {
    try (Fd.Use use = fd.use()) {
      LibC.check(LibC.tcsetattr(use.number(), TCSANOW, mode), "set mode of terminal");
    }
  }

  private void ioctl(long request, Memory argument, String what) throws IOException {
    try (Fd.Use use = fd.use()) {
      LibC.check(LibC.ioctl(use.number(), request, argument), what);
    }
  }

  /** The mode a terminal was in. */
  public final class Mode implements AutoCloseable {
    private final Memory before;

    private Mode(Memory before) {
      this.before = before;
    }

    /** Goes back to it. */
    @Override
    public void close() throws IOException {
      set(before);
    }
  }
}
