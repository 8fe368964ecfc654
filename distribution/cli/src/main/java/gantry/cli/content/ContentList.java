// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Ages;
import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.Survey;
import gantry.cli.command.Times;
import gantry.client.GantryClient;
import gantry.content.BlobInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The blobs of a namespace. */
final class ContentList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Survey.grammar(grammar);
    grammar
        .flag("quiet q", "print only the digests")
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance labels.\"k\"==v");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> filters = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    List<Found<BlobInfo>> blobs = survey.ask(client -> blobs(client, filters));
    if (invocation.arguments().flag("quiet")) {
      return survey.names(blobs, blob -> blob.digest().toString());
    }
    Instant now = Instant.now();
    return survey.print(
        blobs,
        new Listing<BlobInfo>()
            .column("DIGEST", blob -> blob.digest().toString())
            .column("SIZE", blob -> Sizes.decimal(blob.size()), BlobInfo::size)
            .column(
                "AGE",
                blob -> Ages.of(blob.createdAt(), now),
                blob -> Times.exact(blob.createdAt()))
            .column(
                "LABELS",
                blob -> LabelWords.cell(blob.labels(), "-"),
                blob -> blob.labels().map()));
  }

  private static List<BlobInfo> blobs(GantryClient client, List<String> filters) {
    List<BlobInfo> blobs = new ArrayList<>();
    client.content().walk(filters, blobs::add);
    return blobs;
  }
}
