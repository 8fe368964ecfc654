// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The resolution of one path: the open directories from the root to here, and the steps to go. */
final class PathWalk implements AutoCloseable {
  /** As many links as containerd follows; the kernel allows fewer. */
  private static final int LINKS_MAX = 255;

  private final RootedDirectory.@Nullable Maker maker;
  private final List<Directory> trail = new ArrayList<>();

  /** The names of the trail behind the root; no symbolic links, no dots. */
  private final List<String> names = new ArrayList<>();

  private final Deque<String> steps = new ArrayDeque<>();
  private int links;

  private PathWalk(Directory root, RootedDirectory.@Nullable Maker maker) {
    this.maker = maker;
    trail.add(root.hold());
  }

  /** A walk that has not left the root. */
  static PathWalk at(Directory root) {
    return new PathWalk(root, null);
  }

  /** A new walk to a path, begun where it leaves this one's way. */
  PathWalk towards(String path, RootedDirectory.@Nullable Maker other) {
    PathWalk walk = new PathWalk(trail.getFirst(), other);
    walk.push(path);
    for (int i = 0; i < names.size() && names.get(i).equals(walk.steps.peek()); i++) {
      walk.steps.pop();
      walk.names.add(names.get(i));
      walk.trail.add(trail.get(i + 1).hold());
    }
    return walk;
  }

  void run() throws IOException {
    while (!steps.isEmpty()) {
      String step = steps.pop();
      if (step.equals("..")) {
        leave();
      } else {
        enter(step);
      }
    }
  }

  /** Where the walk is. */
  Directory here() {
    return trail.getLast();
  }

  @Override
  public void close() {
    trail.forEach(Directory::close);
    trail.clear();
  }

  private void leave() {
    if (!names.isEmpty()) {
      names.removeLast();
      trail.removeLast().close();
    }
  }

  private void enter(String name) throws IOException {
    if (here().path().length() + name.length() >= Scratch.PATH_MAX) {
      throw new FileOperationException("resolve", name, FileOperationException.ENAMETOOLONG);
    }
    try {
      add(name);
    } catch (FileOperationException e) {
      switch (e.errno()) {
        case FileOperationException.ENOTDIR, FileOperationException.ELOOP -> follow(name, e);
        case FileOperationException.ENOENT -> make(name, e);
        default -> throw e;
      }
    }
  }

  private void add(String name) throws IOException {
    trail.add(here().child(name));
    names.add(name);
  }

  private void make(String name, FileOperationException missing) throws IOException {
    if (maker == null) {
      throw missing;
    }
    maker.make(here(), name);
    add(name);
  }

  private void follow(String name, FileOperationException notDirectory) throws IOException {
    if (!here().stat(name).isSymlink()) {
      throw notDirectory;
    }
    if (++links > LINKS_MAX) {
      throw new FileOperationException(
          "resolve", here().path() + "/" + name, FileOperationException.ELOOP);
    }
    String target = here().readLink(name);
    if (target.startsWith("/")) {
      while (!names.isEmpty()) {
        leave();
      }
    }
    push(target);
  }

  private void push(String path) {
    String[] parts = path.split("/", -1);
    for (int i = parts.length - 1; i >= 0; i--) {
      if (!parts[i].isEmpty() && !parts[i].equals(".")) {
        steps.push(parts[i]);
      }
    }
  }
}
