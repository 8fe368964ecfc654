// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which users and groups of the host those of a container are.
 *
 * @param users not empty
 * @param groups not empty
 */
public record IdMappings(List<Range> users, List<Range> groups) {
  private static final Pattern RANGE = Pattern.compile("([0-9]{1,10}):([0-9]{1,10}):([0-9]{1,10})");
  private static final long LAST = 0xfffffffeL;

  /**
   * Ids that follow one another.
   *
   * @param container the first one inside
   * @param host what that is outside
   * @param length how many
   */
  public record Range(long container, long host, long length) {
    boolean holds(long id) {
      return id >= container && id - container < length;
    }
  }

  /** Copies the lists. */
  public IdMappings {
    users = List.copyOf(users);
    groups = List.copyOf(groups);
  }

  /**
   * Parses {@code container:host:length[,...]}, as mount options and labels have it.
   *
   * @throws IOException if one is missing or not of this form
   */
  public static IdMappings parse(String users, String groups) throws IOException {
    return new IdMappings(ranges("uidmap", users), ranges("gidmap", groups));
  }

  /** The host's user, or -1 if none is mapped to it. */
  public long user(long id) {
    return find(users, id);
  }

  /** The host's group, or -1 if none is mapped to it. */
  public long group(long id) {
    return find(groups, id);
  }

  /** As the files {@code uid_map} and {@code gid_map} of a process take it. */
  static String table(List<Range> ranges) {
    StringBuilder table = new StringBuilder();
    for (Range range : ranges) {
      table.append(range.container).append(' ').append(range.host).append(' ');
      table.append(range.length).append('\n');
    }
    return table.toString();
  }

  private static long find(List<Range> ranges, long id) {
    for (Range range : ranges) {
      if (range.holds(id)) {
        return range.host + (id - range.container);
      }
    }
    return -1;
  }

  private static List<Range> ranges(String key, String text) throws IOException {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = RANGE.matcher(part);
      if (!matcher.matches()) {
        throw malformed(key, text);
      }
      Range range =
          new Range(
              Long.parseLong(matcher.group(1)),
              Long.parseLong(matcher.group(2)),
              Long.parseLong(matcher.group(3)));
      if (range.length < 1
          || range.container + range.length - 1 > LAST
          || range.host + range.length - 1 > LAST) {
        throw malformed(key, text);
      }
      ranges.add(range);
    }
    return ranges;
  }

  private static IOException malformed(String key, String text) {
    return new IOException(
        "parse %s=%s: want container:host:length[,...], of users and of groups"
            .formatted(key, text));
  }
}
