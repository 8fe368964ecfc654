// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.metadata;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What came back and what did not. Not for concurrent use. */
final class RebuildReport {
  private static final Logger log = LoggerFactory.getLogger(RebuildReport.class);

  private final Map<String, Integer> recovered = new TreeMap<>();
  private final List<String> lost = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  void recovered(String what) {
    recovered.merge(what, 1, Integer::sum);
  }

  /** Something known of is not there, or damaged. */
  void lost(String line) {
    lost.add(line);
  }

  /** Something to know. */
  void note(String line) {
    notes.add(line);
  }

  int count(String what) {
    return recovered.getOrDefault(what, 0);
  }

  List<String> losses() {
    return List.copyOf(lost);
  }

  /** 0 if all that was known of and can be rebuilt is back, else 2. */
  int exitCode() {
    return lost.isEmpty() ? 0 : 2;
  }

  void print(PrintWriter out) {
    recovered.forEach((what, count) -> say(out, "recovered %s: %d".formatted(what, count)));
    lost.forEach(line -> say(out, "lost: " + line));
    notes.forEach(line -> say(out, "note: " + line));
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    log.info("rebuild: {}", line);
  }
}
