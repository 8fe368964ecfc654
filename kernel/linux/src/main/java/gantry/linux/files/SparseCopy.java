// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;

/** Copies the bytes of a file and leaves its holes; in the kernel where the filesystem lets it. */
final class SparseCopy {
  private static final int SEEK_SET = 0;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final int ENXIO = 6;
  private static final int EXDEV = 18;
  private static final int ENOSYS = 38;
  private static final int BUFFER = 128 * 1024;

  private SparseCopy() {}

  /**
   * Copies into an empty file.
   *
   * @param size of {@code from} in bytes
   */
  static void copy(OpenFile from, OpenFile to, long size) throws IOException {
    long at = seek(from, 0, SEEK_DATA, size);
    while (at < size) {
      long hole = seek(from, at, SEEK_HOLE, size);
      copyRange(from, to, at, hole);
      at = hole < size ? seek(from, hole, SEEK_DATA, size) : size;
    }
    to.truncate(size);
  }

  private static long seek(OpenFile file, long offset, int whence, long size) throws IOException {
    long result = FileCalls.lseek(file.fd(), offset, whence);
    if (result >= 0) {
      return Math.min(result, size);
    }
    int errno = FileOperationException.lastErrno();
    if (errno == ENXIO) {
      return size;
    }
    if (errno == FileOperationException.EINVAL) {
      // A filesystem that does not tell: all is data.
      return whence == SEEK_DATA ? offset : size;
    }
    throw new FileOperationException("seek in", "file to copy", errno);
  }

  private static void copyRange(OpenFile from, OpenFile to, long start, long end)
      throws IOException {
    FileCalls.lseek(from.fd(), start, SEEK_SET);
    FileCalls.lseek(to.fd(), start, SEEK_SET);
    long left = end - start;
    while (left > 0) {
      long count = FileCalls.copy_file_range(from.fd(), 0, to.fd(), 0, left, 0);
      if (count == 0) {
        return;
      }
      if (count < 0) {
        requireFallback(FileOperationException.lastErrno());
        copyThroughMemory(from, to, left);
        return;
      }
      left -= count;
    }
  }

  private static void requireFallback(int errno) throws IOException {
    switch (errno) {
      case EXDEV, ENOSYS, FileOperationException.EINVAL, FileOperationException.ENOTSUP -> {}
      default -> throw new FileOperationException("copy", "file", errno);
    }
  }

  private static void copyThroughMemory(OpenFile from, OpenFile to, long length)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    long left = length;
    while (left > 0) {
      int count = from.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        return;
      }
      to.write(buffer, 0, count);
      left -= count;
    }
  }
}
