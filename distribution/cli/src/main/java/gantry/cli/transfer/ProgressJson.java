// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import gantry.cli.command.Json;
import gantry.oci.Descriptor;
import gantry.transfer.Progress;
import java.io.PrintStream;

/** One JSON object a line for each step; numbers are bytes. Not safe for concurrent use. */
final class ProgressJson implements ProgressDisplay {
  private final PrintStream out;

  ProgressJson(PrintStream out) {
    this.out = out;
  }

  @Override
  public void progressed(Progress progress) {
    ObjectNode step = Json.object();
    step.put("event", progress.event());
    if (!progress.name().isEmpty()) {
      step.put("name", progress.name());
      step.set("parents", Json.tree(progress.parents()));
      step.put("progress", progress.progress());
      step.put("total", progress.total());
    }
    Descriptor descriptor = progress.descriptor();
    if (descriptor != null) {
      step.put("digest", descriptor.digest().toString());
      step.put("media_type", descriptor.mediaType());
    }
    out.println(Json.line(step));
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
