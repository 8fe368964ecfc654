// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.shell;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * All threads at one moment, virtual ones too. Only the JVM's dump into a file has those; it reads
 * {@code #<id> "<name>" [virtual] <STATE> <time>}, then the stack.
 *
 * @param threads in the order of the dump
 */
record Threads(List<Entry> threads) {
  private static final Pattern HEAD =
      Pattern.compile("#(?<id>\\d+) \"(?<name>.*)\"(?<virtual> virtual)?(?: (?<state>[A-Z_]+))?.*");
  private static final Pattern NUMBER = Pattern.compile("(?<=-)\\d+|\\d+$");

  /** A thread; the state is empty if the dump has none. */
  record Entry(long id, String name, boolean isVirtual, String state, List<String> stack) {
    /** The name with all numbers alike, so that those of a pool are one. */
    String group() {
      String group = NUMBER.matcher(name).replaceAll("*");
      return group.isEmpty() ? "(unnamed)" : group;
    }

    String kind() {
      return isVirtual ? "virtual" : "platform";
    }
  }

  /** Asks the JVM. */
  static Threads dump(Path directory) throws IOException {
    Path scratch = Files.createTempDirectory(directory, "threads-");
    Path file = scratch.resolve("dump");
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
      // Gogo names the thread of a command after the line, which would find itself
      long own = Thread.currentThread().threadId();
      return new Threads(
          parse(Files.readAllLines(file)).threads().stream()
              .filter(thread -> thread.id() != own)
              .toList());
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(scratch);
    }
  }

  static Threads parse(List<String> lines) {
    List<Entry> threads = new ArrayList<>();
    List<String> stack = new ArrayList<>();
    for (String line : lines) {
      Matcher head = HEAD.matcher(line);
      if (head.matches()) {
        String state = head.group("state");
        stack = new ArrayList<>();
        threads.add(
            new Entry(
                Long.parseLong(head.group("id")),
                head.group("name"),
                head.group("virtual") != null,
                state == null ? "" : state,
                stack));
      } else if (!line.isBlank()) {
        stack.add(line.strip());
      }
    }
    return new Threads(threads);
  }

  /** How many there are of each kind and name. */
  String summary() {
    Map<String, List<Entry>> groups = new TreeMap<>();
    for (Entry thread : threads) {
      groups
          .computeIfAbsent(thread.kind() + " " + thread.group(), _ -> new ArrayList<>())
          .add(thread);
    }
    TextTable table = new TextTable("COUNT", "KIND", "NAME", "STATES");
    groups
        .values()
        .forEach(
            group ->
                table.row(
                    Integer.toString(group.size()),
                    group.getFirst().kind(),
                    group.getFirst().group(),
                    states(group)));
    long virtual = threads.stream().filter(Entry::isVirtual).count();
    return "%d platform, %d virtual%n%s".formatted(threads.size() - virtual, virtual, table);
  }

  private static String states(List<Entry> group) {
    Map<String, Integer> counts = new TreeMap<>();
    group.stream()
        .map(Entry::state)
        .filter(state -> !state.isEmpty())
        .forEach(state -> counts.merge(state, 1, Integer::sum));
    List<String> words = new ArrayList<>();
    counts.forEach((state, count) -> words.add(count + " " + state));
    return String.join(", ", words);
  }

  /** The stacks of those that have {@code part} in their name. */
  String stacks(String part) {
    StringBuilder text = new StringBuilder();
    for (Entry thread : threads) {
      if (thread.name().contains(part)) {
        text.append(thread.name().isEmpty() ? "(unnamed)" : thread.name())
            .append(
                " (%s%s)"
                    .formatted(
                        thread.kind(), thread.state().isEmpty() ? "" : ", " + thread.state()))
            .append('\n');
        thread.stack().forEach(frame -> text.append("    ").append(frame).append('\n'));
      }
    }
    return text.isEmpty()
        ? "no thread has \"%s\" in its name".formatted(part)
        : text.toString().stripTrailing();
  }
}
