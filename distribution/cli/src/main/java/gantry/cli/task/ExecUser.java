// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.errors.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A user of a running container, from its own {@code /etc/passwd} and {@code /etc/group}, which are
 * read through {@code /proc/PID/root}.
 */
final class ExecUser {
  private ExecUser() {}

  /** The {@code user} object of an OCI process; {@code text} is {@code uid[:gid]} or a name. */
  static ObjectNode of(String text, int pid) throws IOException {
    String[] parts = text.split(":", 2);
    Path etc = Path.of("/proc/" + pid + "/root/etc");
    List<String[]> users = fields(etc.resolve("passwd"));
    ObjectNode user = Json.object();
    boolean numeric = isNumber(parts[0]);
    String[] entry = find(users, parts[0], numeric ? 2 : 0);
    if (entry.length < 4 && !numeric) {
      throw new NotFoundException(
          "user %s: not in the container's /etc/passwd".formatted(parts[0]));
    }
    user.put("uid", Long.parseLong(numeric ? parts[0] : entry[2]));
    user.put(
        "gid",
        parts.length > 1 ? group(parts[1], etc) : entry.length < 4 ? 0 : Long.parseLong(entry[3]));
    if (entry.length >= 4) {
      further(entry[0], etc, user);
    }
    return user;
  }

  private static long group(String text, Path etc) throws IOException {
    if (isNumber(text)) {
      return Long.parseLong(text);
    }
    String[] entry = find(fields(etc.resolve("group")), text, 0);
    if (entry.length < 3) {
      throw new NotFoundException("group %s: not in the container's /etc/group".formatted(text));
    }
    return Long.parseLong(entry[2]);
  }

  private static void further(String name, Path etc, ObjectNode user) throws IOException {
    ArrayNode groups = Json.array();
    for (String[] group : fields(etc.resolve("group"))) {
      if (group.length > 3 && List.of(group[3].split(",")).contains(name)) {
        groups.add(Long.parseLong(group[2]));
      }
    }
    if (!groups.isEmpty()) {
      user.set("additionalGids", groups);
    }
  }

  private static String[] find(List<String[]> lines, String wanted, int field) {
    return lines.stream()
        .filter(line -> line.length > field && line[field].equals(wanted))
        .findFirst()
        .orElse(new String[0]);
  }

  private static List<String[]> fields(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(line -> line.split(":", -1)).toList()
        : List.of();
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
  }
}
