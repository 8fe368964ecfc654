// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is treated as the root of a file system: symbolic links below it, absolute ones
 * and such with {@code ..} too, are followed but never lead out of it, also if someone changes the
 * tree meanwhile. Each step of a path is opened on its own and without following, links are read
 * and taken apart here; this needs no call that older kernels lack and can make what is missing on
 * the way. Use it by one thread at a time.
 */
public final class RootedDirectory implements AutoCloseable {
  private final Directory root;

  /** The way to the directory resolved last: the next one is mostly near. */
  private PathWalk last;

  private int lastRemovals;

  private RootedDirectory(Directory root) {
    this.root = root;
    this.last = PathWalk.at(root);
  }

  /** Makes what {@link #resolveOrMake} finds missing. */
  @FunctionalInterface
  public interface Maker {
    /** Makes the directory {@code name}. */
    void make(Directory parent, String name) throws IOException;
  }

  /** Opens a directory of the host as a root. */
  public static RootedDirectory open(Path path) throws IOException {
    return new RootedDirectory(Directory.open(path));
  }

  /** The root itself; to be closed by the caller. */
  public Directory root() {
    return root.hold();
  }

  /**
   * The directory at a path; to be closed by the caller.
   *
   * @throws FileOperationException {@code ENOENT} or {@code ENOTDIR} if there is none, {@code
   *     ELOOP} after 255 symbolic links, {@code ENAMETOOLONG} where the path gets longer than 4096
   */
  public Directory resolve(String path) throws IOException {
    return resolve(path, null);
  }

  /** As {@link #resolve}, and directories that are missing are made. */
  public Directory resolveOrMake(String path, Maker maker) throws IOException {
    return resolve(path, maker);
  }

  /** Closes the root. */
  @Override
  public void close() {
    last.close();
    root.close();
  }

  private Directory resolve(String path, @Nullable Maker maker) throws IOException {
    if (lastRemovals != root.removals()) {
      last.close();
      last = PathWalk.at(root);
      lastRemovals = root.removals();
    }
    PathWalk walk = last.towards(path, maker);
    try {
      walk.run();
    } catch (IOException | RuntimeException e) {
      walk.close();
      throw e;
    }
    last.close();
    last = walk;
    return walk.here().hold();
  }
}
