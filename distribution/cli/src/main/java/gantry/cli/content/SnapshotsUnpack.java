// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.image.ImageContent;
import gantry.cli.image.PlatformImage;
import gantry.cli.image.Unpacker;
import gantry.cli.image.WorkLease;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.oci.Digest;
import gantry.oci.Platform;
import java.io.IOException;
import java.util.List;

/** Makes snapshots of the layers of an image that is known by its digest. */
final class SnapshotsUnpack implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .flag("sync-fs", "flush the filesystem after each layer")
        .argument("DIGEST", "that an image points to");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Digest digest = Digest.parse(invocation.arguments().at(0));
    Image image = image(invocation, digest);
    try (WorkLease lease = new WorkLease(invocation.client())) {
      PlatformImage found =
          new ImageContent(lease.client().content()).image(image.target(), Platform.host());
      invocation
          .console()
          .out()
          .print("unpacking %s (%s)...".formatted(digest, image.target().mediaType()));
      invocation.console().out().flush();
      new Unpacker(lease.client(), SnapshotterChoice.name(invocation))
          .syncing(invocation.arguments().flag("sync-fs"))
          .unpack(found);
      invocation.say("done");
    }
    return 0;
  }

  private static Image image(Invocation invocation, Digest digest) {
    List<Image> images =
        invocation.client().images().list(List.of("target.digest==\"%s\"".formatted(digest)));
    return images.stream()
        .findFirst()
        .orElseThrow(
            () ->
                new NotFoundException(
                    ("unpack %s: no image has it: manifest not found;"
                            + " see the DIGEST column of gantry images ls")
                        .formatted(digest)));
  }
}
