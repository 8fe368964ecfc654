// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Sizes;
import gantry.cli.content.SnapshotsUsage;
import gantry.cli.content.SnapshotterChoice;
import gantry.client.SnapshotsClient;
import gantry.errors.FailedPreconditionException;
import gantry.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the snapshots of an image take up, from the uppermost layer down. */
final class ImageUsage implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar.listing().argument("REF", "the image");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    String name = invocation.arguments().at(0);
    String snapshotter = SnapshotterChoice.name(invocation);
    PlatformImage image =
        new ImageContent(invocation.client().content())
            .image(invocation.client().images().get(name).target(), Platform.host());
    if (!new Unpacker(invocation.client(), snapshotter).isUnpacked(image)) {
      throw new FailedPreconditionException(
          ("image %s isn't unpacked in snapshotter %s;"
                  + " unpack it with gantry snapshots --snapshotter %s unpack DIGEST")
              .formatted(name, snapshotter, snapshotter));
    }
    SnapshotsClient snapshots = invocation.client().snapshots(snapshotter);
    List<SnapshotsUsage.Row> rows = new ArrayList<>();
    for (String key = image.chain(); !key.isEmpty(); key = snapshots.stat(key).parent()) {
      rows.add(new SnapshotsUsage.Row(key, snapshots.usage(key)));
    }
    SnapshotsUsage.listing(Sizes::binary).print(rows, invocation);
    return 0;
  }
}
