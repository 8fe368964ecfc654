// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.content.SnapshotterChoice;
import gantry.linux.Mounts;
import java.io.IOException;
import java.nio.file.Path;

/** Takes away what {@code images mount} made. */
final class ImageUnmount implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar.flag("rm", "also remove the snapshot").argument("DIR", "where it is mounted");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    String target = invocation.arguments().at(0);
    Mounts.unmountAll(Path.of(target));
    if (invocation.arguments().flag("rm")) {
      invocation.client().snapshots(SnapshotterChoice.name(invocation)).remove(target);
    }
    invocation.say(target);
    return 0;
  }
}
