// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;

/**
 * Memory outside the heap for the arguments of one call at a time: two strings, a small structure
 * and a buffer for data. Not for concurrent use. Calls get bare addresses: whoever makes one for a
 * single call keeps it with a reachability fence, or a collection during the call frees what they
 * point to.
 *
 * <pre>
 * 0        8192      16384            16640
 * ├ first ─┼─ second ┼─ structure ────┼─ data … ┤
 * </pre>
 */
final class Scratch {
  /** Longest path the kernel takes, with its NUL. */
  static final int PATH_MAX = 4096;

  private static final int TEXT = 8192;
  private static final int STRUCTURE = 256;

  private final ByteBuffer memory;
  private final long address;
  private final int dataSize;

  /** How often something was removed or moved here; what was resolved before may be stale. */
  private int removals;

  /** Makes one with room for {@code dataSize} bytes of data. */
  Scratch(int dataSize) {
    this.dataSize = dataSize;
    this.memory =
        ByteBuffer.allocateDirect(2 * TEXT + STRUCTURE + dataSize).order(ByteOrder.nativeOrder());
    this.address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
  }

  long first(String text) throws FileOperationException {
    return text(text, 0);
  }

  long second(String text) throws FileOperationException {
    return text(text, TEXT);
  }

  long structure() {
    return address + 2 * TEXT;
  }

  long data() {
    return address + 2 * TEXT + STRUCTURE;
  }

  int dataSize() {
    return dataSize;
  }

  int removals() {
    return removals;
  }

  void removed() {
    removals++;
  }

  int intAt(int offset) {
    return memory.getInt(2 * TEXT + offset);
  }

  int shortAt(int offset) {
    return memory.getShort(2 * TEXT + offset) & 0xffff;
  }

  long longAt(int offset) {
    return memory.getLong(2 * TEXT + offset);
  }

  /** Stores two times as an array of two {@code timespec}. */
  long times(Instant accessed, Instant modified) {
    int at = 2 * TEXT;
    memory.putLong(at, accessed.getEpochSecond()).putLong(at + 8, accessed.getNano());
    memory.putLong(at + 16, modified.getEpochSecond()).putLong(at + 24, modified.getNano());
    return structure();
  }

  void putData(byte[] bytes, int offset, int length) {
    memory.put(2 * TEXT + STRUCTURE, bytes, offset, length);
  }

  void getData(int from, byte[] bytes, int offset, int length) {
    memory.get(2 * TEXT + STRUCTURE + from, bytes, offset, length);
  }

  int dataShort(int offset) {
    return memory.getShort(2 * TEXT + STRUCTURE + offset) & 0xffff;
  }

  byte dataByte(int offset) {
    return memory.get(2 * TEXT + STRUCTURE + offset);
  }

  private long text(String text, int at) throws FileOperationException {
    byte[] bytes = FileNames.encode(text);
    if (bytes.length >= TEXT) {
      throw new FileOperationException(
          "open", text.substring(0, 64) + "…", FileOperationException.ENAMETOOLONG);
    }
    for (byte b : bytes) {
      if (b == 0) {
        throw new FileOperationException("open", text, FileOperationException.EINVAL);
      }
    }
    memory.put(at, bytes).put(at + bytes.length, (byte) 0);
    return address + at;
  }
}
