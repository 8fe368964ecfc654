// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.MountEntry;
import gantry.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the hierarchies of control groups are mounted. The table of mounts grows with the number of
 * containers, so it is read again only when there is another hierarchy. Safe for concurrent use.
 */
final class CgroupMounts {
  /** Stands for the hierarchy of version 2, which has no name of its own. */
  static final String UNIFIED = "";

  private List<String> hierarchies = List.of();
  private Map<String, Place> places = Map.of();

  private record Place(Path target, Path root) {
    /** Below a mount of a part of the hierarchy, as in a container, its root is left out. */
    Path resolve(String group) {
      Path path = Path.of(group);
      Path relative = path.startsWith(root) ? root.relativize(path) : Path.of("/").relativize(path);
      return target.resolve(relative);
    }
  }

  /** The groups a process is in, by controller, {@code cgroups(7)}. */
  Map<String, Path> directories(int pid) throws IOException {
    List<String[]> lines =
        Files.readAllLines(Path.of("/proc/" + pid + "/cgroup")).stream()
            .map(line -> line.split(":", 3))
            .toList();
    Map<String, Place> known = places(lines.stream().map(parts -> parts[1]).toList());
    Map<String, Path> directories = new HashMap<>();
    for (String[] parts : lines) {
      for (String controller : parts[1].split(",", -1)) {
        Place place = known.get(controller);
        if (place != null) {
          directories.put(controller, place.resolve(parts[2]));
        }
      }
    }
    return directories;
  }

  private synchronized Map<String, Place> places(List<String> wanted) throws IOException {
    if (!wanted.equals(hierarchies)) {
      places = read();
      hierarchies = wanted;
    }
    return places;
  }

  private static Map<String, Place> read() throws IOException {
    Map<String, Place> places = new HashMap<>();
    for (MountEntry mount : Mounts.list()) {
      Place place = new Place(mount.target(), Path.of(mount.root()));
      if (mount.type().equals("cgroup")) {
        mount.options().forEach(option -> places.putIfAbsent(option, place));
      } else if (mount.type().equals("cgroup2")) {
        places.putIfAbsent(UNIFIED, place);
      }
    }
    return places;
  }
}
