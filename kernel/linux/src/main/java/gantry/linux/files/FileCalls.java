// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import com.sun.jna.Native;
import org.jspecify.annotations.Nullable;

/**
 * The file calls of libc, mapped directly. Pointers are passed as addresses, so that no object is
 * made per call; {@link Scratch} owns the memory behind them. Bound when first used.
 */
final class FileCalls {
  static {
    Native.register(FileCalls.class, "c");
  }

  private FileCalls() {}

  static native int openat(int dirfd, long path, int flags, int mode);

  static native int close(int fd);

  static native long read(int fd, long buffer, long count);

  static native long write(int fd, long buffer, long count);

  static native long copy_file_range(
      int from, long fromOffset, int to, long toOffset, long count, int flags);

  static native int ftruncate(int fd, long length);

  static native long lseek(int fd, long offset, int whence);

  static native int fsync(int fd);

  static native int fdatasync(int fd);

  static native int syncfs(int fd);

  static native int mkdirat(int dirfd, long path, int mode);

  static native int mknodat(int dirfd, long path, int mode, long device);

  static native int symlinkat(long target, int dirfd, long path);

  static native int linkat(int fromfd, long from, int tofd, long to, int flags);

  static native int renameat(int fromfd, long from, int tofd, long to);

  static native int unlinkat(int dirfd, long path, int flags);

  static native long readlinkat(int dirfd, long path, long buffer, long size);

  static native long getdents64(int fd, long buffer, long size);

  static native int statx(int dirfd, long path, int flags, int mask, long buffer);

  static native int fchownat(int dirfd, long path, int uid, int gid, int flags);

  static native int fchown(int fd, int uid, int gid);

  static native int fchmod(int fd, int mode);

  static native int chmod(long path, int mode);

  static native int utimensat(int dirfd, long path, long times, int flags);

  static native int futimens(int fd, long times);

  static native int lsetxattr(long path, long name, long value, long size, int flags);

  static native long lgetxattr(long path, long name, long value, long size);

  static native long llistxattr(long path, long list, long size);

  static native int lremovexattr(long path, long name);

  static native @Nullable String strerror(int errno);
}
