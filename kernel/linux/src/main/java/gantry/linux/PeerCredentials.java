// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;

/** Who is on the other side of a connected unix socket. */
public record PeerCredentials(int pid, int userId, int groupId) {
  private static final int SOL_SOCKET = 1;
  private static final int SO_PEERCRED = 17;

  /** Asks the kernel. */
  public static PeerCredentials of(Fd socket) throws IOException {
    Memory value = LibC.memory(12);
    IntByReference size = new IntByReference(12);
    try (Fd.Use use = socket.use()) {
      LibC.check(
          LibC.getsockopt(use.number(), SOL_SOCKET, SO_PEERCRED, value, size),
          "read peer credentials");
    }
    return new PeerCredentials(value.getInt(0), value.getInt(4), value.getInt(8));
  }
}
