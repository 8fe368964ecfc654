// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.time.Instant;

/** An open regular file. Not for concurrent use, also not with its directory. */
public final class OpenFile implements AutoCloseable {
  private final String path;
  private final Scratch scratch;
  private int fd;

  OpenFile(String path, Scratch scratch, int fd) {
    this.path = path;
    this.scratch = scratch;
    this.fd = fd;
  }

  /** Writes all these bytes at the current position. */
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int from = offset;
    int left = length;
    while (left > 0) {
      int chunk = Math.min(left, scratch.dataSize());
      scratch.putData(bytes, from, chunk);
      writeData(chunk);
      from += chunk;
      left -= chunk;
    }
  }

  private void writeData(int length) throws IOException {
    int done = 0;
    while (done < length) {
      long n = FileCalls.write(fd(), scratch.data() + done, length - done);
      if (n >= 0) {
        done += (int) n;
      } else if (FileOperationException.lastErrno() != FileOperationException.EINTR) {
        throw failure("write");
      }
    }
  }

  /**
   * Reads at the current position.
   *
   * @return number of bytes, or -1 at the end
   */
  public int read(byte[] bytes, int offset, int length) throws IOException {
    while (true) {
      long n = FileCalls.read(fd(), scratch.data(), Math.min(length, scratch.dataSize()));
      if (n > 0) {
        scratch.getData(0, bytes, offset, (int) n);
        return (int) n;
      }
      if (n == 0) {
        return -1;
      }
      if (FileOperationException.lastErrno() != FileOperationException.EINTR) {
        throw failure("read");
      }
    }
  }

  /** Moves the position on; what is skipped at the end of a file stays a hole. */
  public void skip(long bytes) throws IOException {
    if (FileCalls.lseek(fd(), bytes, 1) < 0) {
      throw failure("seek");
    }
  }

  /** Sets the size in bytes. */
  public void truncate(long size) throws IOException {
    check(FileCalls.ftruncate(fd(), size), "truncate");
  }

  /** Sets owner and group. */
  public void changeOwner(int uid, int gid) throws IOException {
    check(FileCalls.fchown(fd(), uid, gid), "chown");
  }

  /** Sets the permission bits, also set-id and sticky. */
  public void changeMode(int permissions) throws IOException {
    check(FileCalls.fchmod(fd(), permissions), "chmod");
  }

  /** Sets the times, to the nanosecond where the filesystem keeps it. */
  public void changeTimes(Instant accessed, Instant modified) throws IOException {
    check(FileCalls.futimens(fd(), scratch.times(accessed, modified)), "set times of");
  }

  /** What is known of it. */
  public FileStat stat() throws IOException {
    check(
        FileCalls.statx(
            fd(),
            scratch.first(""),
            Directory.AT_EMPTY_PATH,
            Directory.STATX_BASIC,
            scratch.structure()),
        "stat");
    return FileStat.read(scratch);
  }

  /** Makes content and size durable. */
  public void sync() throws IOException {
    check(FileCalls.fsync(fd()), "fsync");
  }

  /** Closes it; an error of an earlier write may show only here. Idempotent. */
  @Override
  public void close() throws IOException {
    int open = fd;
    fd = -1;
    if (open >= 0 && FileCalls.close(open) < 0) {
      throw failure("close");
    }
  }

  /** The descriptor, for as long as this is open. */
  int fd() {
    if (fd < 0) {
      throw new IllegalStateException("file is closed: " + path);
    }
    return fd;
  }

  private void check(int result, String operation) throws IOException {
    if (result < 0) {
      throw failure(operation);
    }
  }

  private FileOperationException failure(String operation) {
    return new FileOperationException(operation, path, FileOperationException.lastErrno());
  }
}
