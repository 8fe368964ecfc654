// SPDX-License-Identifier: Apache-2.0
package gantry.linux.safe;

import gantry.linux.Fd;
import gantry.linux.PacketSocket;
import gantry.linux.Rights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The form of messages between safe and owner. */
final class Messages {
  static final String PUT = "PUT";
  static final String DROP = "DROP";
  static final String TAKE = "TAKE";
  static final String SWEEP = "SWEEP";
  static final String OK = "OK";
  static final String REFUSED = "REFUSED";

  /** How many descriptors one name has at most. */
  static final int DESCRIPTORS_MAX = 8;

  private static final int BYTES_MAX = 1 << 12;
  private static final String SEPARATOR = "\0";

  private Messages() {}

  static void send(PacketSocket socket, List<String> parts, List<Fd> descriptors)
      throws IOException {
    byte[] bytes = String.join(SEPARATOR, parts).getBytes(StandardCharsets.UTF_8);
    Rights.send(socket.fd(), bytes, descriptors);
  }

  static Rights.Message receive(PacketSocket socket) throws IOException {
    return Rights.receive(socket.fd(), BYTES_MAX, DESCRIPTORS_MAX);
  }

  /** Its parts; none at the end of the connection. */
  static List<String> parts(Rights.Message message) {
    String text = message.text();
    return text.isEmpty() ? List.of() : List.of(text.split(SEPARATOR, -1));
  }
}
