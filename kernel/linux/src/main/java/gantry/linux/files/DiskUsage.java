// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import gantry.linux.PlatformThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a tree takes on disk: the blocks and the inodes of its root and everything below, a file of
 * many names once.
 *
 * @param bytes allocated, so holes count nothing
 * @param inodes number of inodes
 * @param changed when the last of them changed
 */
public record DiskUsage(long bytes, long inodes, Instant changed) {
  private static final int BLOCK = 512;

  /**
   * Measures a tree now. Files that come and go meanwhile are counted or not; nothing is followed
   * out of the tree.
   */
  public static DiskUsage of(Path root) throws IOException {
    return PlatformThread.call("disk-usage", () -> measure(root));
  }

  private static DiskUsage measure(Path root) throws IOException {
    try (Directory directory = Directory.open(root)) {
      Count count = new Count();
      count.add(directory.stat(Directory.SELF));
      TreeWalk.walk(directory, count);
      return new DiskUsage(count.bytes, count.inodes, count.changed);
    }
  }

  private static final class Count implements TreeWalk.Visitor {
    private final Set<Inode> seen = new HashSet<>();
    private long bytes;
    private long inodes;
    private Instant changed = Instant.EPOCH;

    @Override
    public boolean enter(Directory parent, String name) throws IOException {
      Optional<FileStat> stat = parent.find(name);
      stat.ifPresent(this::add);
      return stat.isPresent() && stat.get().isDirectory();
    }

    void add(FileStat stat) {
      boolean known = !stat.isDirectory() && stat.links() > 1 && !seen.add(Inode.of(stat));
      if (!known) {
        bytes += stat.blocks() * BLOCK;
        inodes++;
        changed = stat.changed().isAfter(changed) ? stat.changed() : changed;
      }
    }
  }
}
