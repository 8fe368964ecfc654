// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Waiting until descriptors are ready, {@code poll(2)}. Blocks the calling thread. */
public final class Poll {
  /** There is something to read. */
  public static final int READABLE = 1;

  /** Writing will not block. */
  public static final int WRITABLE = 4;

  /** An error; always reported. */
  public static final int ERROR = 8;

  /** The other side is gone; always reported. */
  public static final int HANGUP = 16;

  private static final int ENTRY = 8;

  private Poll() {}

  /** What to wait for on a descriptor; no events means: errors and hang-up only. */
  public record Interest(Fd fd, int events) {}

  /**
   * Waits for one descriptor.
   *
   * @param timeout negative for ever
   * @return the events, 0 if the time passed
   */
  public static int await(Fd fd, int events, Duration timeout) throws IOException {
    return await(List.of(new Interest(fd, events)), timeout)[0];
  }

  /**
   * Waits until one of them is ready.
   *
   * @param timeout negative for ever
   * @return the events of each, all 0 if the time passed
   */
  public static int[] await(List<Interest> interests, Duration timeout) throws IOException {
    Fd.Use[] uses = new Fd.Use[interests.size()];
    try {
      for (int i = 0; i < uses.length; i++) {
        uses[i] = interests.get(i).fd().use();
      }
      return poll(interests, timeout);
    } finally {
      for (Fd.Use use : uses) {
        if (use != null) {
          use.close();
        }
      }
    }
  }

  private static int[] poll(List<Interest> interests, Duration timeout) throws IOException {
    Memory memory = LibC.memory((long) ENTRY * interests.size());
    for (int i = 0; i < interests.size(); i++) {
      memory.setInt((long) ENTRY * i, interests.get(i).fd().number());
      memory.setShort((long) ENTRY * i + 4, (short) interests.get(i).events());
    }
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      int millis = timeout.isNegative() ? -1 : millisUntil(end);
      if (LibC.poll(memory, interests.size(), millis) >= 0) {
        break;
      }
      if (LibC.errno() != Errno.EINTR.number()) {
        throw LibC.failure("poll");
      }
    }
    int[] ready = new int[interests.size()];
    for (int i = 0; i < ready.length; i++) {
      ready[i] = memory.getShort((long) ENTRY * i + 6) & 0xffff;
    }
    return ready;
  }

  private static int millisUntil(long nanoTime) {
    long left = nanoTime - System.nanoTime();
    return left <= 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (left + 999_999) / 1_000_000);
  }
}
