// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is treated as the root of a file system: symbolic links below it, absolute ones
 * and such with {@code ..} too, are followed but never lead out of it, also if someone changes the
 * tree meanwhile. Each step of a path is opened on its own and without following, links are read
 * and taken apart here; this needs no call that older kernels lack and can make what is missing on
 * the way. Use it by one thread at a time.
 */
public final class RootedDirectory implements AutoCloseable {
  /** As many links as the kernel's {@code filepath} users allow. */
  private static final int LINKS_MAX = 255;

  private final Directory root;
  private @Nullable Directory last;
  private String lastPath = "";
  private int lastRemovals;

  private RootedDirectory(Directory root) {
    this.root = root;
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
    forget();
    root.close();
  }

  private Directory resolve(String path, @Nullable Maker maker) throws IOException {
    Directory known = last;
    if (known != null && lastRemovals == root.removals() && lastPath.equals(path)) {
      return known.hold();
    }
    Directory found = new Walk(maker).to(path);
    forget();
    last = found.hold();
    lastPath = path;
    lastRemovals = root.removals();
    return found;
  }

  private void forget() {
    if (last != null) {
      last.close();
      last = null;
    }
  }

  /** One resolution: the directories from the root to here, and the steps still to go. */
  private final class Walk {
    private final @Nullable Maker maker;
    private final List<Directory> trail = new ArrayList<>();
    private final Deque<String> steps = new ArrayDeque<>();
    private int links;

    Walk(@Nullable Maker maker) {
      this.maker = maker;
    }

    Directory to(String path) throws IOException {
      try {
        trail.add(root.hold());
        push(path);
        while (!steps.isEmpty()) {
          step(steps.pop());
        }
        return here().hold();
      } finally {
        trail.forEach(Directory::close);
      }
    }

    private void step(String name) throws IOException {
      switch (name) {
        case "", "." -> {}
        case ".." -> leave();
        default -> enter(name);
      }
    }

    private void leave() {
      if (trail.size() > 1) {
        trail.removeLast().close();
      }
    }

    private void enter(String name) throws IOException {
      if (here().path().length() + name.length() >= Scratch.PATH_MAX) {
        throw new FileOperationException("resolve", name, FileOperationException.ENAMETOOLONG);
      }
      try {
        trail.add(here().child(name));
      } catch (FileOperationException e) {
        switch (e.errno()) {
          case FileOperationException.ENOTDIR, FileOperationException.ELOOP -> follow(name, e);
          case FileOperationException.ENOENT -> make(name, e);
          default -> throw e;
        }
      }
    }

    private void make(String name, FileOperationException missing) throws IOException {
      if (maker == null) {
        throw missing;
      }
      maker.make(here(), name);
      trail.add(here().child(name));
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
        while (trail.size() > 1) {
          leave();
        }
      }
      push(target);
    }

    private void push(String path) {
      String[] names = path.split("/", -1);
      for (int i = names.length - 1; i >= 0; i--) {
        steps.push(names[i]);
      }
    }

    private Directory here() {
      return trail.getLast();
    }
  }
}
