// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A filesystem in the making: options are given one by one and so may be more than the page that
 * {@code mount(2)} takes. {@code fsopen(2)}, Linux 5.2; layers of an overlay one by one, Linux 6.8.
 */
final class FsContext implements AutoCloseable {
  private static final long FSOPEN = 430;
  private static final long FSCONFIG = 431;
  private static final long FSMOUNT = 432;
  private static final long MOVE_MOUNT = 429;
  private static final int CLOEXEC = 1;
  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int CREATE = 6;
  private static final int AT_FDCWD = -100;
  private static final int MOVE_EMPTY_PATH = 4;

  private final Fd fd;
  private final String what;

  private FsContext(Fd fd, String what) {
    this.fd = fd;
    this.what = what;
  }

  /**
   * Begins one.
   *
   * @param what names the operation in errors
   */
  static FsContext open(String type, String what) throws IOException {
    try (Memory name = text(type)) {
      long result = LibC.syscall(FSOPEN, Pointer.nativeValue(name), CLOEXEC, 0, 0, 0);
      return new FsContext(new Fd(LibC.check((int) result, what)), what);
    }
  }

  /** Sets {@code key=value}, or a flag where there is no {@code =}. */
  void option(String option) throws IOException {
    int equals = option.indexOf('=');
    if (equals < 0) {
      configure(SET_FLAG, option, "");
    } else {
      set(option.substring(0, equals), option.substring(equals + 1));
    }
  }

  /** Sets a value; the kernel takes up to 255 bytes. */
  void set(String key, String value) throws IOException {
    configure(SET_STRING, key, value);
  }

  /** Makes it and puts it in place. */
  void mount(Path point, int attributes) throws IOException {
    configure(CREATE, "", "");
    try (Fd.Use use = fd.use()) {
      long result = LibC.syscall(FSMOUNT, use.number(), CLOEXEC, attributes, 0, 0);
      try (Fd mount = new Fd(check(result));
          Memory empty = text("");
          Memory target = text(point.toString())) {
        check(
            LibC.syscall(
                MOVE_MOUNT,
                mount.number(),
                Pointer.nativeValue(empty),
                AT_FDCWD,
                Pointer.nativeValue(target),
                MOVE_EMPTY_PATH));
      }
    }
  }

  @Override
  public void close() {
    fd.close();
  }

  private void configure(int command, String key, String value) throws IOException {
    try (Fd.Use use = fd.use();
        Memory name = text(key);
        Memory text = text(value)) {
      check(
          LibC.syscall(
              FSCONFIG,
              use.number(),
              command,
              command == CREATE ? 0 : Pointer.nativeValue(name),
              command == SET_STRING ? Pointer.nativeValue(text) : 0,
              0));
    }
  }

  private int check(long result) throws IOException {
    if (result < 0) {
      int errno = LibC.errno();
      throw ErrnoException.of(errno, what + reason());
    }
    return (int) result;
  }

  /** What the filesystem says beside the number; it is at hand only if it says anything. */
  private String reason() {
    byte[] message = new byte[512];
    try (Fd.Use use = fd.use()) {
      int length = (int) LibC.read(use.number(), message, message.length);
      String text = length <= 2 ? "" : new String(message, 2, length - 2, StandardCharsets.UTF_8);
      return text.isBlank() ? "" : " (" + text.strip() + ")";
    } catch (IOException e) {
      return "";
    }
  }

  private static Memory text(String text) {
    byte[] bytes = LibC.string(text);
    Memory memory = LibC.memory(bytes.length);
    memory.write(0, bytes, 0, bytes.length);
    return memory;
  }
}
