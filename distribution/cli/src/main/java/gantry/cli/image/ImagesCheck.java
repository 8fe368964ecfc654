// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.AtOnce;
import gantry.cli.command.Command;
import gantry.cli.command.Found;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Listing;
import gantry.cli.command.Sizes;
import gantry.cli.command.Survey;
import gantry.cli.content.SnapshotterChoice;
import gantry.client.GantryClient;
import gantry.client.SnapshotsClient;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.oci.ChainId;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.image.ImageConfig;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which images are complete and unpacked. An image whose manifest for this host is not there cannot
 * be checked, which the exit code tells.
 */
final class ImagesCheck implements Command {
  /**
   * @param required parts the manifest names; -1 if it is not there
   */
  private record Row(
      Image image, int present, int required, long presentSize, long size, boolean unpacked) {
    boolean available() {
      return required >= 0;
    }

    boolean ready() {
      return unpacked && present == required;
    }

    String status() {
      if (!available()) {
        return "unavailable (0/?)";
      }
      String word = present == required ? "complete" : "incomplete";
      return "%s (%d/%d)".formatted(word, present, required);
    }

    String sizes() {
      return Sizes.binary(presentSize) + "/" + (available() ? Sizes.binary(size) : "?");
    }
  }

  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    Survey.grammar(grammar);
    grammar
        .flag("quiet q", "print only the names of images that are ready")
        .arguments("FILTER", 0, Integer.MAX_VALUE, "for instance name~=busybox");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    List<String> filters = invocation.arguments().all();
    Survey survey = new Survey(invocation);
    List<Found<Row>> rows =
        survey.ask(client -> rows(client, SnapshotterChoice.name(invocation, client), filters));
    if (invocation.arguments().flag("quiet")) {
      survey.names(
          rows.stream().filter(row -> row.item().ready()).toList(), row -> row.image().name());
    } else {
      survey.print(rows, table());
    }
    boolean missing = rows.stream().anyMatch(row -> !row.item().available());
    return missing ? 1 : survey.code();
  }

  private static Listing<Row> table() {
    return new Listing<Row>()
        .column("REF", row -> row.image().name())
        .column("TYPE", row -> row.image().target().mediaType())
        .column("DIGEST", row -> row.image().target().digest().toString())
        .column("STATUS", Row::status)
        .column("SIZE", Row::sizes)
        .column("UNPACKED", row -> Boolean.toString(row.unpacked()), Row::unpacked);
  }

  private static List<Row> rows(GantryClient client, String snapshotter, List<String> filters)
      throws Exception {
    Checker checker = new Checker(client, snapshotter);
    return AtOnce.map(client.images().list(filters), checker::row);
  }

  /** Asks for each blob and each snapshot once: names often share what they point to. */
  private static final class Checker {
    private final GantryClient client;
    private final SnapshotsClient snapshots;
    private final ImageContent documents;
    private final Map<Digest, Boolean> blobs = new ConcurrentHashMap<>();
    private final Map<String, Boolean> chains = new ConcurrentHashMap<>();

    Checker(GantryClient client, String snapshotter) {
      this.client = client;
      this.snapshots = client.snapshots(snapshotter);
      this.documents = new ImageContent(client.content());
    }

    Row row(Image image) {
      try {
        List<Descriptor> parts = documents.parts(image.target(), Platform.host());
        List<Descriptor> present = parts.stream().filter(this::exists).toList();
        return new Row(
            image,
            present.size(),
            parts.size(),
            present.stream().mapToLong(Descriptor::size).sum(),
            parts.stream().mapToLong(Descriptor::size).sum(),
            isUnpacked(parts.getFirst()));
      } catch (NotFoundException | IOException missing) {
        return new Row(image, 0, -1, 0, 0, false);
      }
    }

    private boolean isUnpacked(Descriptor config) throws IOException {
      if (!MediaTypes.isConfig(config.mediaType()) || !exists(config)) {
        return false;
      }
      List<Digest> diffIds = ImageConfig.parse(documents.bytes(config)).diffIds();
      return diffIds.isEmpty()
          || chains.computeIfAbsent(
              ChainId.of(diffIds).toString(), chain -> found(() -> snapshots.stat(chain)));
    }

    private boolean exists(Descriptor part) {
      return blobs.computeIfAbsent(
          part.digest(), digest -> found(() -> client.content().info(digest)));
    }

    private static boolean found(Runnable question) {
      try {
        question.run();
        return true;
      } catch (NotFoundException missing) {
        return false;
      }
    }
  }
}
