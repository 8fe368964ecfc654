// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.registry.RegistryOptions;
import gantry.labels.Labels;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.util.List;

/** Gives an image to a registry. The daemon does it, so it goes to the daemon's network. */
public final class ImagePush implements Command {
  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    grammar
        .values("platform", "OS/ARCH", "which to give; all if none is named")
        .value("max-concurrent-uploaded-layers", "N", "accepted for ctr's sake; the daemon decides")
        .flag("local", "accepted for ctr's sake; pushing is always the daemon's work")
        .value("output o", "FORMAT", "json: a line for each step")
        .argument("REF", "where to: host/repository:tag")
        .arguments("LOCAL", 0, 1, "the image; the same name if left out");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Arguments arguments = invocation.arguments();
    String reference = arguments.at(0);
    String image = arguments.from(1).isEmpty() ? reference : arguments.at(1);
    try (RegistryOptions registry =
            new RegistryOptions(invocation, RegistryOptions.kept(invocation));
        ProgressDisplay display = ProgressDisplay.of(invocation, false)) {
      invocation
          .client()
          .transfers()
          .push(
              new StoredImage(
                  image,
                  Labels.none(),
                  PlatformOptions.platforms(arguments),
                  false,
                  0,
                  List.of(),
                  List.of()),
              new RegistryImage(reference, registry.access()),
              display);
    }
    return 0;
  }
}
