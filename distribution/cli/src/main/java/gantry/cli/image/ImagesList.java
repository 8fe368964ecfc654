// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.AtOnce;
import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.Survey;
import gantry.cli.content.SnapshotterChoice;
import gantry.client.GantryClient;
import gantry.errors.GantryException;
import gantry.images.Image;
import gantry.oci.Platform;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** The images of a namespace. */
final class ImagesList implements Command {
  /** With what its documents say; a size below 0 and no platforms if they are not all there. */
  private record Row(Image image, long size, List<Platform> platforms) {}

  @Override
  public void grammar(Grammar grammar) {
    Survey.grammar(grammar);
    SnapshotterChoice.grammar(grammar);
    grammar
        .flag("quiet q", "print only the names")
        .flag("tree", "show the platforms of each image, what is unpacked and what uses it")
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance name~=busybox");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> filters = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    if (invocation.arguments().flag("quiet")) {
      return survey.names(survey.ask(client -> client.images().list(filters)), Image::name);
    } else if (invocation.arguments().flag("tree")) {
      List<Found<ImageFacts>> images =
          survey.ask(
              client ->
                  FactFinder.of(client, SnapshotterChoice.name(invocation, client))
                      .facts(client.images().list(filters)));
      return new ImagesTree(survey, invocation).print(images);
    }
    return survey.print(survey.ask(client -> rows(client, filters)), table());
  }

  private static Listing<Row> table() {
    return new Listing<Row>()
        .column("REF", row -> row.image().name())
        .column("TYPE", row -> row.image().target().mediaType())
        .column("DIGEST", row -> row.image().target().digest().toString())
        .column("SIZE", row -> row.size() < 0 ? "-" : Sizes.binary(row.size()), Row::size)
        .column("PLATFORMS", row -> platforms(row.platforms()), Row::platforms)
        .column(
            "LABELS",
            row -> LabelWords.cell(row.image().labels(), "-"),
            row -> row.image().labels().map());
  }

  private static List<Row> rows(GantryClient client, List<String> filters) throws Exception {
    ImageContent content = new ImageContent(client.content());
    return AtOnce.map(client.images().list(filters), image -> row(image, content));
  }

  private static Row row(Image image, ImageContent content) {
    try {
      return new Row(
          image,
          content.size(image.target(), Platform.host()),
          content.platforms(image.target()).stream().distinct().toList());
    } catch (GantryException | IOException incomplete) {
      return new Row(image, -1, List.of());
    }
  }

  private static String platforms(List<Platform> platforms) {
    return platforms.isEmpty()
        ? "-"
        : platforms.stream().map(Object::toString).sorted().collect(Collectors.joining(","));
  }
}
