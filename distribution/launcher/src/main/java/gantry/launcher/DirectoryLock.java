// SPDX-License-Identifier: Apache-2.0
package gantry.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Keeps other daemons out of a directory. The kernel of the host lets go of it when the process
 * ends, however it ends, so a lock is never stale.
 */
final class DirectoryLock implements AutoCloseable {
  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Makes the directory if need be, and locks it. */
  static DirectoryLock take(String what, Path directory, String mode) throws LaunchException {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString(mode));
      }
      Path file = directory.resolve("gantryd.lock");
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      if (!tryLock(channel)) {
        String owner = Files.readString(file).strip();
        channel.close();
        throw new LaunchException(
            "%s %s is in use by another gantryd (pid %s): stop that one or give another --%s"
                .formatted(what, directory, owner, what));
      }
      String pid = ProcessHandle.current().pid() + "\n";
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)));
      return new DirectoryLock(directory, channel);
    } catch (IOException e) {
      throw new LaunchException("use %s %s".formatted(what, directory), e);
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
