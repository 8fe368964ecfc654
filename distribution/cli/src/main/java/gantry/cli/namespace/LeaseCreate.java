// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Makes a lease. */
final class LeaseCreate implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("id", "ID", "of the lease; the daemon makes one up")
        .value("expires x", "DURATION", "when it ends by itself; 0 for never; default 24h")
        .arguments("KEY=VALUE", 0, Integer.MAX_VALUE, "labels");
  }

  @Override
  public int run(Invocation invocation) {
    Labels labels = Labels.of(LabelWords.bare(invocation.arguments().all()));
    Duration expires = invocation.arguments().duration("expires", Duration.ofHours(24));
    if (!expires.isZero()) {
      Instant end = Instant.now().plus(expires).truncatedTo(ChronoUnit.SECONDS);
      labels = labels.with(WellKnown.GC_EXPIRE, end.toString());
    }
    String id = invocation.arguments().value("id", "");
    invocation.say(invocation.client().leases().create(id, labels).id());
    return 0;
  }
}
