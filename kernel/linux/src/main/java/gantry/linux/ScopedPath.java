// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** Paths inside a root whose symbolic links are not to be trusted. */
final class ScopedPath {
  private static final int LINKS = 255;

  private ScopedPath() {}

  /** Resolves as if {@code root} were the root directory. */
  static Path resolve(Path root, String below) throws IOException {
    if (below.isEmpty()) {
      return root;
    }
    Deque<Path> left = new ArrayDeque<>();
    Path.of(below).forEach(left::add);
    Path at = root;
    int links = 0;
    while (!left.isEmpty()) {
      Path name = left.pop();
      if (name.toString().equals("..")) {
        Path parent = at.getParent();
        at = at.equals(root) || parent == null ? root : parent;
        continue;
      }
      if (name.toString().equals(".")) {
        continue;
      }
      Path next = at.resolve(name);
      if (!Files.isSymbolicLink(next)) {
        at = next;
        continue;
      }
      if (++links > LINKS) {
        throw new IOException("resolve " + below + " in " + root + ": too many symbolic links");
      }
      Path link = Files.readSymbolicLink(next);
      at = link.isAbsolute() ? root : at;
      for (int i = link.getNameCount() - 1; i >= 0; i--) {
        left.push(link.getName(i));
      }
    }
    return at;
  }
}
