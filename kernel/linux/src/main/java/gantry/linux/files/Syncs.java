// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;

/** Makes files of the host durable. Safe for concurrent use. */
public final class Syncs {
  private static final int AT_FDCWD = -100;
  private static final int O_CLOEXEC = 02000000;

  private interface Call {
    int on(int fd);
  }

  private Syncs() {}

  /** Writes a file, or the names in a directory, to the disk. */
  public static void fsync(Path path) throws IOException {
    call("fsync", path, FileCalls::fsync);
  }

  /** Writes a file to the disk, without the times that no one needs to read it back. */
  public static void fdatasync(Path path) throws IOException {
    call("fdatasync", path, FileCalls::fdatasync);
  }

  /** Writes everything of the filesystem that holds {@code path} to the disk. */
  public static void syncfs(Path path) throws IOException {
    call("syncfs", path, FileCalls::syncfs);
  }

  private static void call(String operation, Path path, Call call) throws IOException {
    String name = path.toString();
    int fd = open(operation, name);
    try {
      if (call.on(fd) < 0) {
        throw new FileOperationException(operation, name, FileOperationException.lastErrno());
      }
    } finally {
      FileCalls.close(fd);
    }
  }

  private static int open(String operation, String name) throws IOException {
    Scratch scratch = new Scratch(0);
    try {
      int fd = FileCalls.openat(AT_FDCWD, scratch.first(name), O_CLOEXEC, 0);
      if (fd < 0) {
        throw new FileOperationException(operation, name, FileOperationException.lastErrno());
      }
      return fd;
    } finally {
      Reference.reachabilityFence(scratch);
    }
  }
}
