// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.errors.NotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Devices of the host as devices of a container. */
final class Devices {
  /** Below {@code /dev}, but not devices of the host: the container has its own. */
  private static final Set<String> OWN =
      Set.of("pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console");

  private static final int TYPE = 0170000;
  private static final int CHARACTER = 0020000;
  private static final int BLOCK = 0060000;

  private Devices() {}

  /** Adds a device, or all devices below a directory, with rules that allow their use. */
  static void add(ObjectNode spec, Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NotFoundException("device %s: not found".formatted(path));
    }
    ObjectNode linux = (ObjectNode) spec.get("linux");
    walk(path, linux.withArray("devices"), linux.withObject("/resources").withArray("devices"));
  }

  private static void walk(Path path, ArrayNode devices, ArrayNode rules) throws IOException {
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      device(path, devices, rules);
      return;
    }
    try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
      for (Path child : children) {
        if (!OWN.contains(child.getFileName().toString())) {
          walk(child, devices, rules);
        }
      }
    }
  }

  private static void device(Path path, ArrayNode devices, ArrayNode rules) throws IOException {
    Map<String, Object> attributes;
    try {
      attributes = Files.readAttributes(path, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException gone) {
      return; // devices come and go
    }
    int mode = (int) attributes.getOrDefault("mode", 0);
    int type = mode & TYPE;
    if (type != CHARACTER && type != BLOCK) {
      return;
    }
    long number = (long) attributes.getOrDefault("rdev", 0L);
    long major = (number >> 8 & 0xfff) | (number >> 32 & ~0xfffL);
    long minor = (number & 0xff) | (number >> 12 & ~0xffL);
    String letter = type == CHARACTER ? "c" : "b";
    devices
        .addObject()
        .put("path", path.toString())
        .put("type", letter)
        .put("major", major)
        .put("minor", minor)
        .put("fileMode", mode & 0777)
        .put("uid", (int) attributes.getOrDefault("uid", 0))
        .put("gid", (int) attributes.getOrDefault("gid", 0));
    DefaultSpec.rule(rules, letter, major, minor, "rwm");
  }
}
