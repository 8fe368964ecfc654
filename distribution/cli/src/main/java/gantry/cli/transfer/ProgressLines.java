// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Sizes;
import gantry.transfer.Progress;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;

/** A line whenever something begins or ends. Not safe for concurrent use. */
final class ProgressLines implements ProgressDisplay {
  private final PrintStream out;
  private final Map<String, String> last = new HashMap<>();

  ProgressLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void progressed(Progress progress) {
    String name = progress.name();
    if (progress.event().equals(last.put(name, progress.event()))) {
      return;
    }
    String size = progress.total() > 0 ? " " + Sizes.binary(progress.total()) : "";
    out.println(name.isEmpty() ? progress.event() : name + ": " + progress.event() + size);
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
