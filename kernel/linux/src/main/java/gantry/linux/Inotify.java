// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells which of some files were changed, {@code inotify(7)}. {@link java.nio.file.WatchService}
 * sees only names in directories and needs a thread.
 */
final class Inotify implements AutoCloseable {
  private static final int CLOEXEC_NONBLOCK = 0x80000 | 0x800;
  private static final int MODIFY = 2;
  private static final int HEADER = 16;
  private static final int BUFFER = 4096;

  static {
    Native.register(Inotify.class, NativeLibrary.getProcess());
  }

  private final Fd fd;

  Inotify() throws IOException {
    fd = new Fd(LibC.check(inotify_init1(CLOEXEC_NONBLOCK), "create inotify"));
  }

  private static native int inotify_init1(int flags);

  private static native int inotify_add_watch(int fd, byte[] path, int mask);

  private static native int inotify_rm_watch(int fd, int number);

  /** For polling. */
  Fd fd() {
    return fd;
  }

  /** Looks at a file from now on; returns its number. */
  int add(Path file) throws IOException {
    try (Fd.Use use = fd.use()) {
      int number = inotify_add_watch(use.number(), LibC.string(file.toString()), MODIFY);
      return LibC.check(number, "watch " + file);
    }
  }

  /** Looks at it no more; a file that is gone need not be removed. */
  void remove(int number) {
    try (Fd.Use use = fd.use()) {
      inotify_rm_watch(use.number(), number);
    } catch (IOException e) {
      // closed: it looks at nothing
      return;
    }
  }

  /** The numbers of those that were changed since the last time, without waiting. */
  List<Integer> read() {
    List<Integer> changed = new ArrayList<>();
    byte[] bytes = new byte[BUFFER];
    int count;
    try {
      count = fd.read(bytes, 0, bytes.length);
    } catch (IOException e) {
      // nothing, or closed
      return changed;
    }
    ByteBuffer events = ByteBuffer.wrap(bytes, 0, Math.max(0, count));
    events.order(ByteOrder.nativeOrder());
    while (events.remaining() >= HEADER) {
      int at = events.position();
      if ((events.getInt(at + 4) & MODIFY) != 0) {
        changed.add(events.getInt(at));
      }
      events.position(at + HEADER + events.getInt(at + 12));
    }
    return changed;
  }

  @Override
  public void close() {
    fd.close();
  }
}
