// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.cli.command.UsageException;
import gantry.errors.NotFoundException;
import java.util.List;

/** A user as a container knows it, from the lines of its {@code passwd} and {@code group}. */
public final class ContainerUser {
  private final List<String[]> users;
  private final List<String[]> groups;

  /** Lines as in {@code passwd(5)} and {@code group(5)}; those that are malformed are skipped. */
  public ContainerUser(List<String> passwd, List<String> group) {
    this.users = fields(passwd, 4);
    this.groups = fields(group, 3);
  }

  /**
   * The {@code user} object of an OCI process.
   *
   * @param text {@code user[:group]}, each a number or a name
   * @throws NotFoundException if a name is not known
   */
  public ObjectNode find(String text) {
    String[] parts = text.split(":", 2);
    boolean numeric = isNumber(parts[0]);
    String[] user = first(users, parts[0], numeric ? 2 : 0);
    if (user.length == 0 && !numeric) {
      throw new NotFoundException(
          "user %s: not in the container's /etc/passwd: not found".formatted(parts[0]));
    }
    long uid = number(numeric ? parts[0] : user[2]);
    long gid = parts.length > 1 ? group(parts[1]) : user.length == 0 ? 0 : number(user[3]);
    ObjectNode found = Json.object().put("uid", uid).put("gid", gid);
    ArrayNode further = found.putArray("additionalGids").add(gid);
    if (user.length > 0) {
      membership(user[0], gid, further);
    }
    return found;
  }

  private long group(String text) {
    if (isNumber(text)) {
      return number(text);
    }
    String[] group = first(groups, text, 0);
    if (group.length == 0) {
      throw new NotFoundException(
          "group %s: not in the container's /etc/group: not found".formatted(text));
    }
    return number(group[2]);
  }

  private void membership(String name, long gid, ArrayNode further) {
    for (String[] group : groups) {
      boolean member = group.length > 3 && List.of(group[3].split(",", -1)).contains(name);
      if (member && number(group[2]) != gid) {
        further.add(number(group[2]));
      }
    }
  }

  private static String[] first(List<String[]> lines, String wanted, int field) {
    return lines.stream()
        .filter(line -> line[field].equals(wanted))
        .findFirst()
        .orElse(new String[0]);
  }

  private static List<String[]> fields(List<String> lines, int least) {
    return lines.stream()
        .map(line -> line.split(":", -1))
        .filter(line -> line.length >= least && isNumber(line[2]))
        .toList();
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty() && text.chars().allMatch(Character::isDigit);
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException malformed) {
      throw new UsageException("user %s: want a number or a name".formatted(text));
    }
  }
}
