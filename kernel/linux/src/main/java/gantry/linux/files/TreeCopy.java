// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import gantry.linux.PlatformThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Copies a tree with everything the kernel knows of its files: types, owners, modes, times to the
 * nanosecond, extended attributes, devices, files of many names, holes. Where the filesystem can
 * share blocks, it does.
 */
public final class TreeCopy implements TreeWalk.Visitor {
  private static final int OWNER_ONLY = 0700;

  private final RootedDirectory target;

  /** For looking up the first of many names, without losing the directory at work. */
  private final RootedDirectory firsts;

  /** Of each file of many names: the first one copied, as a path in the target. */
  private final Map<Inode, String> first = new HashMap<>();

  private TreeCopy(RootedDirectory target, RootedDirectory firsts) {
    this.target = target;
    this.firsts = firsts;
  }

  /**
   * Copies what {@code source} holds into {@code target}, which gets the attributes of {@code
   * source} too. Symbolic links inside are copied, never followed. What is copied is not durable.
   *
   * @param target an empty directory
   */
  public static void copy(Path source, Path target) throws IOException {
    PlatformThread.run("tree-copy", () -> copyAll(source, target));
  }

  private static void copyAll(Path source, Path target) throws IOException {
    try (Directory from = Directory.open(source);
        RootedDirectory to = RootedDirectory.open(target);
        RootedDirectory firsts = RootedDirectory.open(target);
        Directory root = to.root()) {
      TreeWalk.walk(from, new TreeCopy(to, firsts));
      FileStat stat = from.stat(Directory.SELF);
      Attributes.copy(stat, from, Directory.SELF, root, Directory.SELF);
    }
  }

  @Override
  public boolean enter(Directory parent, String name) throws IOException {
    FileStat stat = parent.stat(name);
    try (Directory here = target.resolve(parent.path())) {
      if (stat.isDirectory()) {
        here.makeDirectory(name, OWNER_ONLY);
        return true;
      }
      String known = stat.links() > 1 ? first.get(Inode.of(stat)) : null;
      if (known != null) {
        link(known, here, name);
        return false;
      }
      copyFile(stat, parent, name, here);
      Attributes.copy(stat, parent, name, here, name);
    }
    if (stat.links() > 1) {
      first.put(Inode.of(stat), parent.path() + "/" + name);
    }
    return false;
  }

  /** A directory's attributes come last: copying into it has changed its times. */
  @Override
  public void leave(Directory parent, String name) throws IOException {
    try (Directory here = target.resolve(parent.path())) {
      Attributes.copy(parent.stat(name), parent, name, here, name);
    }
  }

  private void link(String known, Directory here, String name) throws IOException {
    int slash = known.lastIndexOf('/');
    try (Directory holder = firsts.resolve(known.substring(0, slash))) {
      here.makeLink(name, holder, known.substring(slash + 1));
    }
  }

  private static void copyFile(FileStat stat, Directory parent, String name, Directory here)
      throws IOException {
    switch (stat.type()) {
      case FileStat.REGULAR -> {
        try (OpenFile from = parent.read(name);
            OpenFile to = here.create(name, OWNER_ONLY)) {
          SparseCopy.copy(from, to, stat.size());
        }
      }
      case FileStat.SYMLINK -> here.makeSymlink(name, parent.readLink(name));
      default -> here.makeNode(name, stat.mode(), stat.nodeMajor(), stat.nodeMinor());
    }
  }
}
