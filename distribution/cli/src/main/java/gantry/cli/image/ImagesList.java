// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.errors.GantryException;
import gantry.images.Image;
import gantry.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The images of a namespace. */
final class ImagesList implements Command {
  /** With what its documents say; a size below 0 and no platforms if they are not all there. */
  private record Row(Image image, long size, List<Platform> platforms) {}

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("quiet q", "print only the names")
        .listing()
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance name~=busybox");
  }

  @Override
  public int run(Invocation invocation) {
    List<Image> images = invocation.client().images().list(invocation.arguments().all());
    if (invocation.arguments().flag("quiet")) {
      images.forEach(image -> invocation.say(image.name()));
      return 0;
    }
    ImageContent content = new ImageContent(invocation.client().content());
    List<Row> rows = new ArrayList<>();
    images.forEach(image -> rows.add(row(image, content)));
    new Listing<Row>()
        .column("REF", row -> row.image().name())
        .column("TYPE", row -> row.image().target().mediaType())
        .column("DIGEST", row -> row.image().target().digest().toString())
        .column("SIZE", row -> row.size() < 0 ? "-" : Sizes.binary(row.size()), Row::size)
        .column("PLATFORMS", row -> platforms(row.platforms()), Row::platforms)
        .column(
            "LABELS",
            row -> LabelWords.cell(row.image().labels(), "-"),
            row -> row.image().labels().map())
        .print(rows, invocation);
    return 0;
  }

  private static Row row(Image image, ImageContent content) {
    try {
      return new Row(
          image,
          content.image(image.target(), Platform.host()).size(),
          content.platforms(image.target()));
    } catch (GantryException | IOException incomplete) {
      return new Row(image, -1, List.of());
    }
  }

  private static String platforms(List<Platform> platforms) {
    return platforms.isEmpty()
        ? "-"
        : platforms.stream()
            .map(Object::toString)
            .distinct()
            .sorted()
            .collect(Collectors.joining(","));
  }
}
