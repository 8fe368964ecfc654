// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** Removes a directory with everything below; a stack of its own, since trees can be deep. */
final class TreeRemoval {
  private record Level(Directory directory, String name, Iterator<String> names) {}

  private TreeRemoval() {}

  static void remove(Directory parent, String name) throws IOException {
    Deque<Level> levels = new ArrayDeque<>();
    levels.push(enter(parent, name));
    try {
      while (!levels.isEmpty()) {
        step(parent, levels);
      }
    } finally {
      levels.forEach(level -> level.directory.close());
    }
  }

  private static void step(Directory parent, Deque<Level> levels) throws IOException {
    Level level = levels.element();
    if (!level.names.hasNext()) {
      levels.pop();
      level.directory.close();
      Directory above = levels.isEmpty() ? parent : levels.element().directory;
      above.removeDirectory(level.name);
      return;
    }
    String name = level.names.next();
    try {
      level.directory.remove(name);
    } catch (FileOperationException e) {
      switch (e.errno()) {
        case FileOperationException.ENOENT -> {}
        case FileOperationException.EISDIR -> levels.push(enter(level.directory, name));
        default -> throw e;
      }
    }
  }

  private static Level enter(Directory parent, String name) throws IOException {
    Directory directory = parent.child(name);
    try {
      return new Level(directory, name, directory.list().iterator());
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }
}
