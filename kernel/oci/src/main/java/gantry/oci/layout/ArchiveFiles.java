// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.errors.InvalidArgumentException;
import gantry.oci.Descriptor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is in an archive, by name; the names never reach a file system. */
final class ArchiveFiles {
  /** Images have thousands of files at most. */
  private static final int FILES_MAX = 1 << 16;

  private static final int HOPS_MAX = 10;

  private final Map<String, Descriptor> files = new HashMap<>();
  private final Map<String, String> links = new HashMap<>();

  /**
   * A name without {@code .} and empty parts.
   *
   * @throws InvalidArgumentException if it leads out of the archive
   */
  static String clean(String name) {
    return join("", name);
  }

  /** Adds a file; the same once more is fine. */
  void add(String name, Descriptor file) {
    Descriptor before = files.putIfAbsent(name, file);
    if (before != null && !before.digest().equals(file.digest())) {
      throw new InvalidArgumentException(
          "import: the archive has two different files \"%s\"".formatted(name));
    }
    requireFew();
  }

  /** Adds a symbolic link, whose target is relative to its own directory. */
  void addSymlink(String name, String target) {
    int slash = name.lastIndexOf('/');
    links.put(name, join(slash < 0 ? "" : name.substring(0, slash), target));
    requireFew();
  }

  /** Adds a hard link. */
  void addHardLink(String name, String target) {
    links.put(name, clean(target));
    requireFew();
  }

  /** The file of a name, links followed, or null. */
  @Nullable Descriptor find(String name) {
    String at = name;
    for (int hops = 0; hops < HOPS_MAX; hops++) {
      Descriptor file = files.get(at);
      if (file != null) {
        return file;
      }
      String target = links.get(at);
      if (target == null) {
        return null;
      }
      at = target;
    }
    return null;
  }

  private void requireFew() {
    if (files.size() + links.size() > FILES_MAX) {
      throw new InvalidArgumentException(
          "import: the archive has more than %d files, that is no image".formatted(FILES_MAX));
    }
  }

  private static String join(String directory, String name) {
    Deque<String> parts = new ArrayDeque<>();
    String whole = name.startsWith("/") ? name : directory + "/" + name;
    for (String part : whole.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.pollLast() == null) {
          throw new InvalidArgumentException(
              "import: \"%s\" leads out of the archive".formatted(name));
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.addLast(part);
      }
    }
    return String.join("/", parts);
  }
}
