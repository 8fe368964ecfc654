// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes directory trees of bundles without ever entering a root filesystem: a snapshot or a
 * directory of the host may still be mounted there.
 */
final class Trees {
  /** Unmounts everything mounted at or below a directory. */
  @FunctionalInterface
  interface Unmount {
    void below(Path directory) throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Trees.class);

  private final Unmount unmount;

  Trees(Unmount unmount) {
    this.unmount = unmount;
  }

  /**
   * Unmounts a mount point and removes it.
   *
   * @throws DirectoryNotEmptyException if there are files in it that are not of a mount
   */
  void clearMountPoint(Path directory) throws IOException {
    if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      unmount.below(directory);
      Files.deleteIfExists(directory);
    }
  }

  /** Removes a tree; what is mounted in it is unmounted first. */
  void remove(Path tree) throws IOException {
    if (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      clearMountPoint(tree.resolve("rootfs"));
      unmount.below(tree);
      Files.walkFileTree(tree, new Remover());
    }
  }

  /** As {@link #remove}, for what the next start would find again. */
  void removeQuietly(Path tree) {
    try {
      remove(tree);
    } catch (IOException e) {
      LOG.warn("remove {}: it stays until the next start", tree, e);
    }
  }

  private static final class Remover extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.deleteIfExists(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
