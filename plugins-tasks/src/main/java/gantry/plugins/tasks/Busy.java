// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import java.time.Instant;
import java.util.List;

/**
 * What is being done to a task, as its bundle's {@code busy} file says: three words.
 *
 * @param era which daemon does it
 */
record Busy(Work work, String era, Instant since) {
  enum Work {
    CREATE,
    DELETE,
    /** Nobody wants the task; whoever comes first removes it. */
    DISCARD
  }

  static Busy now(Work work, Era era) {
    return new Busy(work, era.token(), Instant.now());
  }

  /**
   * Parses what {@link #text} wrote; anything else is taken for a creation by an unknown daemon.
   */
  static Busy parse(String text) {
    List<String> words = List.of(text.strip().split(" "));
    if (words.size() != 3 || !words.get(2).matches("[0-9]{1,15}")) {
      return new Busy(Work.CREATE, "", Instant.EPOCH);
    }
    Work work =
        switch (words.getFirst()) {
          case "DELETE" -> Work.DELETE;
          case "DISCARD" -> Work.DISCARD;
          default -> Work.CREATE;
        };
    return new Busy(work, words.get(1), Instant.ofEpochMilli(Long.parseLong(words.get(2))));
  }

  String text() {
    return "%s %s %d%n".formatted(work, era, since.toEpochMilli());
  }

  boolean isOf(Era that) {
    return era.equals(that.token());
  }

  /** Whether somebody in this era is at it. */
  boolean isUnderWay(Era now) {
    return work != Work.DISCARD && isOf(now);
  }

  /** Whether the task was never told of to anybody, and nobody makes it any more. */
  boolean isUnwanted(Era now) {
    return work == Work.DISCARD || (work == Work.CREATE && !isOf(now));
  }
}
