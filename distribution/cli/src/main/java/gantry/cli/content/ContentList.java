// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Ages;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.content.BlobInfo;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The blobs of a namespace. */
final class ContentList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only the digests")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance labels.\"k\"==v");
  }

  @Override
  public int run(Invocation invocation) {
    List<BlobInfo> blobs = new ArrayList<>();
    invocation.client().content().walk(invocation.arguments().all(), blobs::add);
    if (invocation.arguments().flag("quiet")) {
      blobs.forEach(blob -> invocation.say(blob.digest().toString()));
      return 0;
    }
    Instant now = Instant.now();
    new Listing<BlobInfo>()
        .column("DIGEST", blob -> blob.digest().toString())
        .column("SIZE", blob -> Sizes.decimal(blob.size()), BlobInfo::size)
        .column("AGE", blob -> Ages.of(blob.createdAt(), now), BlobInfo::createdAt)
        .column("LABELS", blob -> LabelWords.cell(blob.labels(), "-"), blob -> blob.labels().map())
        .print(blobs, invocation);
    return 0;
  }
}
