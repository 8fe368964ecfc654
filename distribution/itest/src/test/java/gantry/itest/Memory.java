// SPDX-License-Identifier: Apache-2.0
package gantry.itest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a JVM needs over time. */
final class Memory {
  private static final Pattern TOTAL = Pattern.compile("(?s).*\\nTotal\\s+\\d+\\s+(\\d+)\\s*");
  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+\\d+\\s+(\\d+)\\s+(\\S+).*");

  /** Bytes that are worth a word. */
  private static final long NOTABLE = 16 << 10;

  private static final Pattern RESIDENT = Pattern.compile("(?s).*VmRSS:\\s+(\\d+) kB.*");

  /**
   * A look.
   *
   * @param heapKb in use after a collection
   * @param residentKb of the process
   */
  record Sample(long heapKb, long residentKb) {}

  private final String name;
  private final long pid;
  private final List<Sample> samples = new ArrayList<>();
  private String rest = "";

  Memory(String name, long pid) {
    this.name = name;
    this.pid = pid;
  }

  /** The live objects by class, after a collection. */
  private String objects() {
    List<String> histogram =
        List.of(
            System.getProperty("java.home") + "/bin/jcmd",
            Long.toString(pid),
            "GC.class_histogram");
    return new Shell(Map.of(), Duration.ofSeconds(60)).run(histogram).all();
  }

  /** Looks while nothing is going on: the first time it is what later ones are compared with. */
  Verdict atRest(long slackKb) {
    // Twice: what the first collection lets go of may hold what the second finds.
    objects();
    String now = objects();
    String before = rest.isEmpty() ? now : rest;
    rest = now;
    long was = number(TOTAL, before) / 1024;
    long is = number(TOTAL, now) / 1024;
    return new Verdict(
        "%s heap at rest: %d, then %d KB%s".formatted(name, was, is, more(before, now)),
        is > was + was / 20 + slackKb);
  }

  /** Which classes take more. */
  private static String more(String before, String now) {
    Map<String, Long> was = sizes(before);
    return sizes(now).entrySet().stream()
        .map(e -> Map.entry(e.getKey(), e.getValue() - was.getOrDefault(e.getKey(), 0L)))
        .filter(e -> e.getValue() > NOTABLE)
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(12)
        .map(e -> "; %s %+d".formatted(e.getKey(), e.getValue()))
        .collect(Collectors.joining());
  }

  private static Map<String, Long> sizes(String histogram) {
    return histogram
        .lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .collect(Collectors.toMap(m -> m.group(2), m -> Long.parseLong(m.group(1)), Long::sum));
  }

  /** Looks now. */
  void sample() throws IOException {
    String objects = objects();
    String status = Files.readString(Path.of("/proc/" + pid + "/status"));
    samples.add(new Sample(number(TOTAL, objects) / 1024, number(RESIDENT, status)));
  }

  private static long number(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new AssertionError("no number in: " + text);
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Means of the three thirds of the time, and whether the last is much more than the middle. */
  record Verdict(String text, boolean grows) {}

  /** Judges the live objects; what may come on top of a twentieth is given in KB. */
  Verdict heap(long slackKb) {
    return verdict("heap after collection", Sample::heapKb, slackKb);
  }

  /** Judges the resident memory. */
  Verdict resident(long slackKb) {
    return verdict("resident", Sample::residentKb, slackKb);
  }

  private Verdict verdict(String what, ToLongFunction<Sample> number, long slackKb) {
    long first = mean(0, number);
    long middle = mean(1, number);
    long last = mean(2, number);
    return new Verdict(
        "%s %s by thirds: %d, %d, %d KB".formatted(name, what, first, middle, last),
        last > middle + middle / 20 + slackKb);
  }

  private long mean(int third, ToLongFunction<Sample> number) {
    int size = samples.size();
    return Math.round(
        samples.subList(third * size / 3, (third + 1) * size / 3).stream()
            .mapToLong(number)
            .average()
            .orElseThrow());
  }
}
