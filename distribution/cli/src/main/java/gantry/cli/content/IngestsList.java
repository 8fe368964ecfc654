// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Ages;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.content.IngestStatus;
import java.time.Instant;

/** Ingests that are not finished. */
final class IngestsList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.listing().arguments("FILTER", 0, Integer.MAX_VALUE, "for instance ref~=layer");
  }

  @Override
  public int run(Invocation invocation) {
    Instant now = Instant.now();
    new Listing<IngestStatus>()
        .column("REF", IngestStatus::ref)
        .column("SIZE", ingest -> Sizes.decimal(ingest.offset()), IngestStatus::offset)
        .column("AGE", ingest -> Ages.of(ingest.startedAt(), now), IngestStatus::startedAt)
        .print(invocation.client().content().statuses(invocation.arguments().all()), invocation);
    return 0;
  }
}
