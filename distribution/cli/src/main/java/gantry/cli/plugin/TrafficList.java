// SPDX-License-Identifier: Apache-2.0
package gantry.cli.plugin;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.plugins.HandleStatus;
import java.time.Duration;

/** How the calls between plugins go. */
final class TrafficList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.listing();
  }

  @Override
  public int run(Invocation invocation) {
    new Listing<HandleStatus>()
        .column("PLUGIN", HandleStatus::plugin)
        .column("CONTRACT", HandleStatus::contract)
        .column("IN FLIGHT", handle -> Long.toString(handle.inFlight()), HandleStatus::inFlight)
        .column("MAX", handle -> Long.toString(handle.inFlightMax()), HandleStatus::inFlightMax)
        .column("CALLS", handle -> Long.toString(handle.calls()), HandleStatus::calls)
        .column("REFUSED", handle -> Long.toString(handle.refused()), HandleStatus::refused)
        .column("LATE", handle -> Long.toString(handle.late()), HandleStatus::late)
        .column("BREAKER", handle -> handle.open() ? "open" : "closed")
        .column(
            "LONGEST WAIT",
            handle -> millis(handle.longestWait()),
            handle -> handle.longestWait().toNanos())
        .column("OLDEST", handle -> millis(handle.oldest()), handle -> handle.oldest().toNanos())
        .print(invocation.client().plugins().traffic(), invocation);
    return 0;
  }

  private static String millis(Duration time) {
    return time.toMillis() + " ms";
  }
}
