// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells systemd how this service is doing, {@code sd_notify(3)}. */
public final class SdNotify {
  private static final int DATAGRAM_CLOEXEC = 2 | 0x80000;

  private SdNotify() {}

  /**
   * Sends one message, for example {@code READY=1}.
   *
   * @param address the value of {@code NOTIFY_SOCKET}: a path, or {@code @} and an abstract name;
   *     null or empty does nothing
   */
  public static void send(@Nullable String address, String message) throws IOException {
    send(address, message, List.of());
  }

  /**
   * Sends one message with descriptors, for example {@code FDSTORE=1}.
   *
   * @param address as above
   */
  public static void send(@Nullable String address, String message, List<Fd> descriptors)
      throws IOException {
    if (address == null || address.isEmpty()) {
      return;
    }
    UnixAddress to = UnixAddress.of(address);
    try (Fd socket =
        new Fd(
            LibC.check(
                LibC.socket(UnixAddress.FAMILY, DATAGRAM_CLOEXEC, 0), "make notify socket"))) {
      LibC.check(LibC.connect(socket.number(), to.memory(), to.size()), "notify " + address);
      Rights.send(socket, message.getBytes(StandardCharsets.UTF_8), descriptors);
    }
  }
}
