// SPDX-License-Identifier: Apache-2.0
package gantry.testkit;

import gantry.labels.Labels;
import gantry.linux.TempMount;
import gantry.mounts.Mount;
import gantry.snapshots.Snapshotter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Snapshots for tests: layers are made and looked at through their mounts, as every client does.
 *
 * @param snapshots what keeps them
 * @param work where mount points are made
 */
public record Layers(Snapshotter snapshots, Path work) {
  /** What is done to, or seen in, a mounted snapshot. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void in(Path root) throws IOException;
  }

  /** Commits a layer that makes a change to its parent. */
  public void commit(String name, String parent, Step change) throws IOException {
    String key = name + "-active";
    mounted(snapshots.prepare(key, parent, Labels.none()), change);
    snapshots.commit(name, key, "", Labels.none());
  }

  /** Commits a layer that changes nothing. */
  public void commit(String name, String parent) throws IOException {
    String key = name + "-active";
    snapshots.prepare(key, parent, Labels.none());
    snapshots.commit(name, key, "", Labels.none());
  }

  /** Looks into a committed snapshot through a view. */
  public void look(String name, Step look) throws IOException {
    String key = name + "-view";
    mounted(snapshots.view(key, name, Labels.none()), look);
    snapshots.remove(key);
  }

  /** All that can be seen of the files of a committed snapshot. */
  public Map<String, String> facts(String name) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    look(name, root -> facts.putAll(factsIn(root)));
    return facts;
  }

  /** Mounts, does something there, and unmounts. */
  public void mounted(List<Mount> mounts, Step step) throws IOException {
    Files.createDirectories(work);
    try (TempMount mount = TempMount.of(mounts, work)) {
      step.in(mount.path());
    }
  }

  /** All that can be seen of the files below a directory: by path, type, mode, owner, content. */
  public static Map<String, String> factsIn(Path root) throws IOException {
    Map<String, String> facts = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        facts.put(root.relativize(path).toString(), fact(path));
      }
    }
    return facts;
  }

  private static String fact(Path path) throws IOException {
    String owner = number(path, "unix:uid") + ":" + number(path, "unix:gid") + " ";
    if (Files.isSymbolicLink(path)) {
      return owner + "link to " + Files.readSymbolicLink(path);
    }
    String mode = Integer.toOctalString(number(path, "unix:mode")) + " ";
    return owner + mode + (Files.isRegularFile(path) ? Files.readString(path) : "");
  }

  private static int number(Path path, String attribute) throws IOException {
    return (int) Files.getAttribute(path, attribute, LinkOption.NOFOLLOW_LINKS);
  }

  /** Writes a file of that content, mode 0644. */
  public static void write(Path root, String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.writeString(file, content);
    mode(root, path, "rw-r--r--");
  }

  /** Makes a directory, and those above it, with mode 0755. */
  public static void directory(Path root, String path) throws IOException {
    Path at = root;
    for (Path name : Path.of(path)) {
      at = at.resolve(name);
      if (!Files.isDirectory(at)) {
        Files.createDirectory(at);
        mode(root, root.relativize(at).toString(), "rwxr-xr-x");
      }
    }
  }

  /** Sets a mode, as {@code rwxr-xr-x}. */
  public static void mode(Path root, String path, String mode) throws IOException {
    Files.setPosixFilePermissions(root.resolve(path), PosixFilePermissions.fromString(mode));
  }

  /** Sets owner and group; a symbolic link's own. */
  public static void owner(Path root, String path, int uid, int gid) throws IOException {
    Files.setAttribute(root.resolve(path), "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(root.resolve(path), "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
  }

  /** Removes a directory with all it holds, or a file. */
  public static void removeAll(Path root, String path) throws IOException {
    List<Path> below;
    try (Stream<Path> paths = Files.walk(root.resolve(path))) {
      below = paths.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : below) {
      Files.delete(each);
    }
  }
}
