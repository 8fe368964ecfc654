// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Shows everything below a directory, in the order of names, a directory before what it holds. It
 * has a stack of its own, since trees can be deep; each level takes a descriptor.
 */
final class TreeWalk {
  /** More levels than any path can name. */
  private static final int DEPTH_MAX = Scratch.PATH_MAX / 2;

  /** What looks at the names. */
  interface Visitor {
    /** Looks at a name; returns whether it is a directory to go down into. */
    boolean enter(Directory parent, String name) throws IOException;

    /** A directory that was gone down into is done. */
    default void leave(Directory parent, String name) throws IOException {}
  }

  private record Level(Directory directory, String name, Iterator<String> names) {}

  private final Deque<Level> levels = new ArrayDeque<>();
  private final Visitor visitor;

  private TreeWalk(Visitor visitor) {
    this.visitor = visitor;
  }

  static void walk(Directory root, Visitor visitor) throws IOException {
    TreeWalk walk = new TreeWalk(visitor);
    Iterator<String> names = root.list().iterator();
    walk.levels.push(new Level(root.hold(), Directory.SELF, names));
    try {
      while (!walk.levels.isEmpty()) {
        walk.step();
      }
    } finally {
      walk.levels.forEach(level -> level.directory.close());
    }
  }

  private void step() throws IOException {
    Level level = levels.element();
    if (level.names.hasNext()) {
      String name = level.names.next();
      if (visitor.enter(level.directory, name)) {
        down(level.directory, name);
      }
      return;
    }
    levels.pop().directory.close();
    if (!levels.isEmpty()) {
      visitor.leave(levels.element().directory, level.name);
    }
  }

  private void down(Directory parent, String name) throws IOException {
    if (levels.size() >= DEPTH_MAX) {
      throw new FileOperationException(
          "walk", parent.path() + "/" + name, FileOperationException.ENAMETOOLONG);
    }
    Directory directory;
    try {
      directory = parent.child(name);
    } catch (FileOperationException e) {
      if (e.errno() == FileOperationException.ENOENT
          || e.errno() == FileOperationException.ENOTDIR) {
        return;
      }
      throw e;
    }
    List<String> names;
    try {
      names = directory.list();
    } catch (IOException e) {
      directory.close();
      throw e;
    }
    levels.push(new Level(directory, name, names.iterator()));
  }
}
