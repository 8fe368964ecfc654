// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.content.SnapshotterChoice;
import gantry.client.SnapshotsClient;
import gantry.errors.NotFoundException;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.Mounts;
import gantry.mounts.Mount;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Mounts an image's filesystem, through a snapshot named like the directory. */
final class ImageMount implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .flag("rw", "let it be written to")
        .value("platform", "OS/ARCH", "default this host's")
        .argument("REF", "the image")
        .argument("DIR", "where to mount it");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    String target = invocation.arguments().at(1);
    ImageContent content = new ImageContent(invocation.client().content());
    PlatformImage image =
        content.image(
            invocation.client().images().get(invocation.arguments().at(0)).target(),
            ImageImport.platform(invocation.arguments()));
    String snapshotter = SnapshotterChoice.name(invocation);
    if (!new Unpacker(invocation.client(), snapshotter).isUnpacked(image)) {
      throw new NotFoundException(
          "mount %s: not unpacked into %s: not found"
              .formatted(invocation.arguments().at(0), snapshotter));
    }
    SnapshotsClient snapshots = invocation.client().snapshots(snapshotter);
    Labels keep = Labels.of(Map.of(WellKnown.GC_ROOT, Instant.now().toString()));
    List<Mount> mounts =
        invocation.arguments().flag("rw")
            ? snapshots.prepare(target, image.chain(), keep)
            : snapshots.view(target, image.chain(), keep);
    try {
      Mounts.mountAll(mounts, Path.of(target));
    } catch (IOException failure) {
      snapshots.remove(target);
      throw failure;
    }
    invocation.say(target);
    return 0;
  }
}
