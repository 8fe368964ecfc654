// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.content.SnapshotterChoice;
import gantry.client.ContentClient;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.oci.Descriptor;
import gantry.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which images are complete and unpacked. */
final class ImagesCheck implements Command {
  private record Row(Image image, String status, String size, boolean unpacked) {
    boolean ready() {
      return unpacked && status.startsWith("complete");
    }
  }

  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .flag("quiet q", "print only the names of images that are ready")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance name~=busybox");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Unpacker unpacker = new Unpacker(invocation.client(), SnapshotterChoice.name(invocation));
    List<Row> rows = new ArrayList<>();
    for (Image image : invocation.client().images().list(invocation.arguments().all())) {
      rows.add(row(image, invocation.client().content(), unpacker));
    }
    if (invocation.arguments().flag("quiet")) {
      rows.stream().filter(Row::ready).forEach(row -> invocation.say(row.image().name()));
      return 0;
    }
    new Listing<Row>()
        .column("REF", row -> row.image().name())
        .column("TYPE", row -> row.image().target().mediaType())
        .column("DIGEST", row -> row.image().target().digest().toString())
        .column("STATUS", Row::status)
        .column("SIZE", Row::size)
        .column("UNPACKED", row -> Boolean.toString(row.unpacked()), Row::unpacked)
        .print(rows, invocation);
    return 0;
  }

  private static Row row(Image image, ContentClient content, Unpacker unpacker) throws IOException {
    PlatformImage found;
    try {
      found = new ImageContent(content).image(image.target(), Platform.host());
    } catch (NotFoundException missing) {
      return new Row(image, "incomplete", "-", false);
    }
    List<Descriptor> parts = new ArrayList<>(found.layers());
    parts.add(found.config());
    long present = 0;
    int count = 0;
    for (Descriptor part : parts) {
      if (exists(part, content)) {
        present += part.size();
        count++;
      }
    }
    String status = count == parts.size() ? "complete" : "incomplete";
    return new Row(
        image,
        "%s (%d/%d)".formatted(status, count, parts.size()),
        "%s/%s"
            .formatted(
                Sizes.binary(present),
                Sizes.binary(parts.stream().mapToLong(Descriptor::size).sum())),
        unpacker.isUnpacked(found));
  }

  private static boolean exists(Descriptor part, ContentClient content) {
    try {
      content.info(part.digest());
      return true;
    } catch (NotFoundException missing) {
      return false;
    }
  }
}
