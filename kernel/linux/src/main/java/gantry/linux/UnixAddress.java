// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A {@code sockaddr_un}, {@code unix(7)}; a name that starts with {@code @} is an abstract one. */
record UnixAddress(Memory memory, int size) {
  /** Address family and domain of unix sockets. */
  static final int FAMILY = 1;

  private static final int PATH = 2;
  private static final int CAPACITY = 108;

  /** The name a socket is bound to; empty if it has none, is of another family or closed. */
  static String nameOf(int socket) {
    Memory memory = LibC.memory(PATH + CAPACITY);
    IntByReference size = new IntByReference(PATH + CAPACITY);
    if (LibC.getsockname(socket, memory, size) < 0 || memory.getShort(0) != FAMILY) {
      return "";
    }
    int length = Math.min(size.getValue(), PATH + CAPACITY) - PATH;
    if (length <= 0) {
      return "";
    }
    byte[] bytes = memory.getByteArray(PATH, length);
    if (bytes[0] == 0) {
      return "@" + new String(bytes, 1, length - 1, StandardCharsets.UTF_8);
    }
    int end = bytes[length - 1] == 0 ? length - 1 : length;
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  static UnixAddress of(String name) throws IOException {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= CAPACITY) {
      throw new IOException("use socket " + name + ": path longer than 107 bytes");
    }
    Memory memory = LibC.memory(PATH + CAPACITY);
    memory.setShort(0, (short) FAMILY);
    memory.write(PATH, bytes, 0, bytes.length);
    boolean hidden = name.startsWith("@");
    if (hidden) {
      memory.setByte(PATH, (byte) 0);
    }
    return new UnixAddress(memory, PATH + bytes.length + (hidden ? 0 : 1));
  }
}
