// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.content.SnapshotterChoice;
import gantry.cli.registry.RegistryOptions;
import gantry.client.GantryClient;
import gantry.errors.NotFoundException;
import gantry.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;

/** Takes the mount of an image away. */
final class ImageUnmount implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    RegistryOptions.grammar(grammar);
    grammar
        .flag("rm", "also remove the snapshot, and what was written to it")
        .values("label", "KEY=VALUE", "accepted for ctr's sake; ctr ignores it too")
        .argument("DIR", "where it is mounted");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    String target = invocation.arguments().at(0);
    Mounts.unmountAll(Path.of(target));
    if (invocation.arguments().flag("rm")) {
      remove(invocation.client(), SnapshotterChoice.name(invocation), target);
    }
    ImageMount.tidy(Path.of(target));
    invocation.say(target);
    return 0;
  }

  private static void remove(GantryClient client, String snapshotter, String key) {
    try {
      client.leases().delete(key, false);
    } catch (NotFoundException ended) {
      // by itself
    }
    try {
      client.snapshots(snapshotter).remove(key);
    } catch (NotFoundException collected) {
      // with the lease
    }
  }
}
