// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Sizes;
import gantry.linux.Winsize;
import gantry.transfer.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A bar for each object and a line for all, drawn over and over at the same place. Not safe for
 * concurrent use.
 */
final class ProgressBars implements ProgressDisplay {
  private static final long REDRAW = Duration.ofMillis(100).toNanos();
  private static final Set<String> MOVING = Set.of("downloading", "uploading", "extracting");
  private static final Set<String> FULL = Set.of("complete", "extracted", "done");
  private static final Pattern DIGEST = Pattern.compile("sha\\d+:([0-9a-f]{12})[0-9a-f]+");
  private static final int NAME = 34;
  private static final int EVENT = 14;
  private static final int COUNT = 22;

  private final PrintStream out;
  private final Supplier<Winsize> size;
  private final LongSupplier clock;
  private final long start;
  private final Map<String, Progress> steps = new LinkedHashMap<>();
  private final Pace pace = new Pace();
  private String status = "";
  private long drawn = Long.MIN_VALUE;
  private int lines;

  /**
   * Draws to a terminal.
   *
   * @param size of the terminal, asked before each drawing
   * @param clock nanoseconds
   */
  ProgressBars(PrintStream out, Supplier<Winsize> size, LongSupplier clock) {
    this.out = out;
    this.size = size;
    this.clock = clock;
    this.start = clock.getAsLong();
  }

  @Override
  public void progressed(Progress progress) {
    if (progress.name().isEmpty()) {
      status = progress.event();
    } else {
      steps.put(progress.name(), progress);
    }
    long now = clock.getAsLong();
    if (drawn == Long.MIN_VALUE || now - drawn >= REDRAW) {
      draw(now);
    }
  }

  @Override
  public void close() {
    draw(clock.getAsLong());
  }

  private void draw(long now) {
    drawn = now;
    Winsize window = size.get();
    int columns = window.columns() > 0 ? window.columns() : 80;
    int rows = Math.max(3, window.rows() > 0 ? window.rows() : 24);
    List<String> picture = new ArrayList<>();
    visible(rows - 2).forEach(step -> picture.add(cut(line(step, columns), columns)));
    picture.add(cut(total(now), columns));
    StringBuilder text = new StringBuilder();
    if (lines > 0) {
      text.append("\u001b[").append(lines).append('A');
    }
    picture.forEach(line -> text.append('\r').append(line).append("\u001b[K\n"));
    text.append("\u001b[J");
    lines = picture.size();
    out.print(text);
    out.flush();
  }

  /** All steps, or those that matter most if there is not room for all. */
  private List<Progress> visible(int room) {
    List<Progress> all = new ArrayList<>(steps.values());
    for (int i = 0; i < all.size() && all.size() > room; ) {
      if (MOVING.contains(all.get(i).event())) {
        i++;
      } else {
        all.remove(i);
      }
    }
    return all.size() > room ? all.subList(0, room) : all;
  }

  private static String line(Progress step, int columns) {
    String name = DIGEST.matcher(step.name()).replaceAll("$1");
    String head = pad(name, NAME) + " " + pad(step.event(), EVENT);
    if (MOVING.contains(step.event())) {
      double part = step.total() > 0 ? (double) step.progress() / step.total() : 0;
      String count =
          step.total() > 0
              ? Sizes.binary(step.progress()) + "/" + Sizes.binary(step.total())
              : Sizes.binary(step.progress());
      return head + " " + bar(part, columns) + " " + count;
    }
    return FULL.contains(step.event()) ? head + " " + bar(1, columns) : head;
  }

  private static String bar(double part, int columns) {
    int width = Math.clamp(columns - NAME - EVENT - COUNT - 5L, 10, 40);
    int full = (int) Math.round(Math.clamp(part, 0, 1) * width);
    return "[" + "=".repeat(full) + " ".repeat(width - full) + "]";
  }

  private String total(long now) {
    long done = 0;
    long left = 0;
    for (Progress step : steps.values()) {
      done += step.progress();
      if (MOVING.contains(step.event())) {
        left += Math.max(0, step.total() - step.progress());
      }
    }
    pace.at(now, done);
    StringBuilder text = new StringBuilder(status);
    text.append(String.format(Locale.ROOT, "  %.1fs", (now - start) / 1e9));
    text.append("  ").append(Sizes.binary(done));
    if (pace.rate() >= 1) {
      text.append("  ").append(Sizes.binary((long) pace.rate())).append("/s");
    }
    pace.left(left).ifPresent(time -> text.append("  ").append(clock(time)).append(" left"));
    return text.toString();
  }

  private static String clock(Duration time) {
    return time.toHours() > 0
        ? "%d:%02d:%02d".formatted(time.toHours(), time.toMinutesPart(), time.toSecondsPart())
        : "%d:%02d".formatted(time.toMinutes(), time.toSecondsPart());
  }

  private static String pad(String text, int width) {
    return text.length() >= width
        ? text.substring(0, width)
        : text + " ".repeat(width - text.length());
  }

  private static String cut(String line, int columns) {
    return line.length() <= columns ? line : line.substring(0, columns);
  }
}
