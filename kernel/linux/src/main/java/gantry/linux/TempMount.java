// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Mounts at a directory of their own that lasts until this is closed. */
public final class TempMount implements AutoCloseable {
  private final Path path;

  private TempMount(Path path) {
    this.path = path;
  }

  /**
   * Mounts in order at a fresh directory.
   *
   * @param parent where the directory is made; exists
   */
  public static TempMount of(List<Mount> mounts, Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, "mount-");
    try {
      Mounts.mountAll(mounts, path);
      return new TempMount(path);
    } catch (IOException | RuntimeException e) {
      Files.delete(path);
      throw e;
    }
  }

  /** The directory with the mounts on it. */
  public Path path() {
    return path;
  }

  /** Unmounts and removes the directory; what was written is in the filesystem mounted. */
  @Override
  public void close() throws IOException {
    Mounts.unmountRecursive(path);
    // a directory with something in it is one that is still mounted: fails, and nothing is lost
    Files.deleteIfExists(path);
  }
}
