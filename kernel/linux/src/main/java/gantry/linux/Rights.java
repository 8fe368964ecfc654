// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Messages on unix sockets that carry descriptors, {@code SCM_RIGHTS} of {@code unix(7)}. */
public final class Rights {
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int CUT_SHORT = 0x20 | 0x8;
  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;

  // One block of memory: the kernel's msghdr, its vector, the descriptors with their header, bytes.
  private static final int NAME_END = 16;
  private static final int CONTROL_POINTER = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int FLAGS = 48;
  private static final int VECTOR = 56;
  private static final int CONTROL = 72;
  private static final int CONTROL_HEADER = 16;

  private Rights() {}

  /** A message; closing it closes its descriptors. */
  public static final class Message implements AutoCloseable {
    private final byte[] bytes;
    private final List<Fd> descriptors;

    private Message(byte[] bytes, List<Fd> descriptors) {
      this.bytes = bytes;
      this.descriptors = descriptors;
    }

    /** What it says, as text. */
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    /** What came with it, close-on-exec. */
    public List<Fd> descriptors() {
      return descriptors;
    }

    @Override
    public void close() {
      descriptors.forEach(Fd::close);
    }
  }

  /**
   * Sends one message on a connected socket.
   *
   * @param bytes at least one
   * @param descriptors at most 253; the receiver gets duplicates
   */
  public static void send(Fd socket, byte[] bytes, List<Fd> descriptors) throws IOException {
    Memory message = message(bytes.length, descriptors.size());
    message.write(data(descriptors.size()), bytes, 0, bytes.length);
    List<Fd.Use> uses = new ArrayList<>();
    try (Fd.Use use = socket.use()) {
      for (Fd descriptor : descriptors) {
        uses.add(descriptor.use());
      }
      attach(message, uses);
      long sent;
      do {
        sent = LibC.sendmsg(use.number(), message, MSG_NOSIGNAL);
      } while (sent < 0 && LibC.errno() == Errno.EINTR.number());
      LibC.check((int) sent, "send descriptors");
    } finally {
      uses.forEach(Fd.Use::close);
    }
  }

  private static void attach(Memory message, List<Fd.Use> descriptors) {
    if (descriptors.isEmpty()) {
      message.setLong(CONTROL_LENGTH, 0);
      return;
    }
    message.setLong(CONTROL, CONTROL_HEADER + 4L * descriptors.size());
    message.setInt(CONTROL + 8, SOL_SOCKET);
    message.setInt(CONTROL + 12, SCM_RIGHTS);
    for (int i = 0; i < descriptors.size(); i++) {
      message.setInt(CONTROL + CONTROL_HEADER + 4L * i, descriptors.get(i).number());
    }
  }

  /**
   * Receives one message; waits for it if the socket is blocking.
   *
   * @param bytesMax longer messages are refused
   * @param descriptorsMax messages with more are refused
   * @return no bytes and no descriptors at the end of the connection
   */
  public static Message receive(Fd socket, int bytesMax, int descriptorsMax) throws IOException {
    Memory message = message(bytesMax, descriptorsMax);
    long count;
    try (Fd.Use use = socket.use()) {
      do {
        count = LibC.recvmsg(use.number(), message, MSG_CMSG_CLOEXEC);
      } while (count < 0 && LibC.errno() == Errno.EINTR.number());
      LibC.check((int) count, "receive descriptors");
    }
    Message received =
        new Message(message.getByteArray(data(descriptorsMax), (int) count), detach(message));
    if ((message.getInt(FLAGS) & CUT_SHORT) != 0) {
      received.close();
      throw new IOException(
          "receive descriptors: message has more than %d bytes or %d descriptors"
              .formatted(bytesMax, descriptorsMax));
    }
    return received;
  }

  private static List<Fd> detach(Memory message) {
    List<Fd> descriptors = new ArrayList<>();
    long length = message.getLong(CONTROL_LENGTH);
    boolean rights =
        length >= CONTROL_HEADER
            && message.getInt(CONTROL + 8) == SOL_SOCKET
            && message.getInt(CONTROL + 12) == SCM_RIGHTS;
    if (rights) {
      long end = Math.min(message.getLong(CONTROL), length);
      for (int at = CONTROL_HEADER; at + 4 <= end; at += 4) {
        descriptors.add(new Fd(message.getInt(CONTROL + at)));
      }
    }
    return descriptors;
  }

  private static Memory message(int bytes, int descriptors) {
    Memory message = LibC.memory(data(descriptors) + Math.max(bytes, 1));
    message.setPointer(NAME_END, message.share(VECTOR));
    message.setLong(NAME_END + 8, 1);
    message.setPointer(VECTOR, message.share(data(descriptors)));
    message.setLong(VECTOR + 8, bytes);
    message.setPointer(CONTROL_POINTER, message.share(CONTROL));
    message.setLong(CONTROL_LENGTH, data(descriptors) - CONTROL);
    return message;
  }

  private static long data(int descriptors) {
    return CONTROL + CONTROL_HEADER + (4L * descriptors + 7) / 8 * 8;
  }
}
