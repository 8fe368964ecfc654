// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Ages;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.cli.command.Sizes;
import gantry.runtime.SupervisorStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the process is that holds the containers. */
final class SupervisorStatusCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.listing();
  }

  @Override
  public int run(Invocation invocation) {
    print(invocation.client().supervisor().status(), invocation);
    return 0;
  }

  static void print(SupervisorStatus status, Invocation invocation) {
    if (invocation.json()) {
      invocation.say(
          Json.pretty(
              Json.object()
                  .put("pid", status.pid())
                  .put("version", status.version())
                  .put("since", status.since().toString())
                  .put("upgrades", status.upgrades())
                  .put("tasks", status.tasks())
                  .put("rss", status.residentBytes())
                  .put("pss", status.proportionalBytes())
                  .put("cgroup", status.cgroup())
                  .put("oom_score_adj", status.oomScore())
                  .put("lost_terminals", status.lostTerminals())
                  .put("failure", status.failure())));
      return;
    }
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("pid", Integer.toString(status.pid()));
    lines.put("version", status.version().isEmpty() ? "-" : status.version());
    lines.put("since", Ages.of(status.since(), Instant.now()) + " ago");
    lines.put("upgrades", Integer.toString(status.upgrades()));
    lines.put("tasks", Integer.toString(status.tasks()));
    lines.put(
        "memory",
        "%s resident, %s proportional"
            .formatted(
                Sizes.binary(status.residentBytes()), Sizes.binary(status.proportionalBytes())));
    lines.put("cgroup", status.cgroup());
    lines.put("oom score", Integer.toString(status.oomScore()));
    lines.put("terminals lost", Integer.toString(status.lostTerminals()));
    if (!status.failure().isEmpty()) {
      lines.put("last failure", status.failure());
    }
    lines.forEach((name, value) -> invocation.say("%-15s %s".formatted(name, value)));
  }
}
