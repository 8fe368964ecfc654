// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control group of this process: of its own, so that whoever stops the daemon's service does
 * not end the containers' supervisor with it. The same path in every hierarchy, of version 1, the
 * one that systemd names its units by, and version 2.
 */
final class OwnCgroup {
  private static final Logger LOG = LoggerFactory.getLogger(OwnCgroup.class);
  private static final int ATTEMPTS = 3;

  private final Path mounts;
  private final String path;

  /**
   * Describes it.
   *
   * @param path from the root of each hierarchy; empty to stay where this process is
   */
  OwnCgroup(String path) {
    this(Path.of("/proc/self/mounts"), path);
  }

  OwnCgroup(Path mounts, String path) {
    this.mounts = mounts;
    this.path = path.replaceFirst("^/+", "");
  }

  /** Goes there, as far as the host permits it. */
  void enter() {
    if (path.isEmpty()) {
      return;
    }
    try {
      for (Path hierarchy : hierarchies()) {
        enter(hierarchy);
      }
    } catch (IOException e) {
      LOG.warn("control groups of this host are not readable, staying in the daemon's", e);
    }
  }

  private void enter(Path hierarchy) {
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          Path group = make(hierarchy);
          Files.writeString(group.resolve("cgroup.procs"), ownPid());
          return;
        } catch (NoSuchFileException e) {
          // another supervisor that left has removed it at this moment
          if (attempt == ATTEMPTS) {
            throw e;
          }
        }
      }
    } catch (IOException e) {
      LOG.warn("control group {} below {} cannot be used: {}", path, hierarchy, e.toString());
    }
  }

  private Path make(Path hierarchy) throws IOException {
    Path group = hierarchy;
    for (Path part : Path.of(path)) {
      Path parent = group;
      group = parent.resolve(part);
      if (!Files.isDirectory(group)) {
        Files.createDirectories(group);
      }
      // a group without processors or memory takes no process
      inherit(parent, group, "cpuset.cpus");
      inherit(parent, group, "cpuset.mems");
    }
    return group;
  }

  private static void inherit(Path parent, Path group, String name) throws IOException {
    Path own = group.resolve(name);
    boolean second = Files.exists(group.resolve("cgroup.controllers"));
    if (!second && Files.exists(own) && Files.readString(own).isBlank()) {
      Files.writeString(own, Files.readString(parent.resolve(name)).strip());
    }
  }

  /** Goes back to the root, and removes what nobody else is in. */
  void leave() {
    if (path.isEmpty()) {
      return;
    }
    try {
      for (Path hierarchy : hierarchies()) {
        leave(hierarchy);
      }
    } catch (IOException e) {
      LOG.debug("control group {} is not removed: {}", path, e.toString());
    }
  }

  private void leave(Path hierarchy) {
    try {
      Files.writeString(hierarchy.resolve("cgroup.procs"), ownPid());
      for (Path group = Path.of(path); group != null; group = group.getParent()) {
        Files.deleteIfExists(hierarchy.resolve(group));
      }
    } catch (DirectoryNotEmptyException e) {
      LOG.debug("others are in control group {}", path);
    } catch (FileSystemException e) {
      LOG.debug("control group {} stays: {}", path, e.toString());
    } catch (IOException e) {
      LOG.warn("control group {} is not removed", path, e);
    }
  }

  /** Where the hierarchies are mounted. */
  private List<Path> hierarchies() throws IOException {
    List<Path> found = new ArrayList<>();
    for (String line : Files.readAllLines(mounts)) {
      String[] words = line.split(" ", -1);
      if (words.length > 2 && (words[2].equals("cgroup") || words[2].equals("cgroup2"))) {
        found.add(Path.of(words[1]));
      }
    }
    return found;
  }

  private static String ownPid() {
    return Long.toString(ProcessHandle.current().pid());
  }
}
