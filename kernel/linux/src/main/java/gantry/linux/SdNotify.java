// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells systemd how this service is doing, {@code sd_notify(3)}. */
public final class SdNotify {
  private static final int DATAGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_NOSIGNAL = 0x4000;

  private SdNotify() {}

  /**
   * Sends one message, for example {@code READY=1}.
   *
   * @param address the value of {@code NOTIFY_SOCKET}: a path, or {@code @} and an abstract name;
   *     null or empty does nothing
   */
  public static void send(@Nullable String address, String message) throws IOException {
    if (address == null || address.isEmpty()) {
      return;
    }
    UnixAddress to = UnixAddress.of(address);
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    try (Fd socket =
        new Fd(
            LibC.check(
                LibC.socket(UnixAddress.FAMILY, DATAGRAM_CLOEXEC, 0), "make notify socket"))) {
      long sent =
          LibC.sendto(socket.number(), bytes, bytes.length, MSG_NOSIGNAL, to.memory(), to.size());
      LibC.check((int) sent, "notify " + address);
    }
  }
}
