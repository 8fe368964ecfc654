// SPDX-License-Identifier: Apache-2.0
package gantry.cli.transfer;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.UsageException;
import gantry.cli.content.SnapshotterChoice;
import gantry.cli.image.ImageContent;
import gantry.cli.registry.RegistryOptions;
import gantry.client.GantryClient;
import gantry.labels.Labels;
import gantry.oci.Platform;
import gantry.transfer.RegistryImage;
import gantry.transfer.StoredImage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Takes an image from a registry. The daemon does it, so it goes to the daemon's network. */
public final class ImagePull implements Command {
  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    SnapshotterChoice.grammar(grammar);
    PlatformOptions.grammar(grammar, "take", "take every platform, unpack none");
    grammar
        .values("label", "KEY=VALUE", "of the image")
        .flag("all-metadata", "the default; accepted for the sake of older scripts")
        .flag("skip-metadata", "leave out manifests and configs of other platforms")
        .flag("print-chainid", "show the chain id of what was unpacked")
        .value("max-concurrent-downloads", "N", "accepted for ctr's sake; the daemon decides")
        .flag("sync-fs", "accepted for ctr's sake; what is recorded is durable")
        .flag("local", "accepted for ctr's sake; pulling is always the daemon's work")
        .value("output o", "FORMAT", "json: a line for each step")
        .argument("REF", "host/repository:tag or host/repository@digest");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Arguments arguments = invocation.arguments();
    String reference = arguments.at(0);
    boolean all = arguments.flag("all-platforms");
    List<Platform> said = PlatformOptions.platforms(arguments);
    if (all && !said.isEmpty()) {
      throw new UsageException("--platform and --all-platforms exclude each other");
    }
    List<Platform> platforms = all || !said.isEmpty() ? said : List.of(Platform.host());
    try (RegistryOptions registry =
            new RegistryOptions(invocation, RegistryOptions.kept(invocation));
        ProgressDisplay display = ProgressDisplay.of(invocation, false)) {
      invocation
          .client()
          .transfers()
          .pull(
              new RegistryImage(reference, registry.access()),
              new StoredImage(
                  reference,
                  Labels.of(LabelWords.parse(arguments.values("label"))),
                  platforms,
                  !arguments.flag("skip-metadata"),
                  0,
                  List.of(),
                  unpacks(invocation, platforms)),
              display);
    }
    if (arguments.flag("print-chainid")) {
      for (Platform platform : platforms) {
        invocation.say("image chain ID: " + chain(invocation.client(), reference, platform));
      }
    }
    return 0;
  }

  private static String chain(GantryClient client, String reference, Platform platform)
      throws IOException {
    return new ImageContent(client.content())
        .image(client.images().get(reference).target(), platform)
        .chain();
  }

  private static List<StoredImage.UnpackTarget> unpacks(
      Invocation invocation, List<Platform> platforms) {
    List<StoredImage.UnpackTarget> unpacks = new ArrayList<>();
    for (Platform platform : platforms) {
      unpacks.add(new StoredImage.UnpackTarget(platform, SnapshotterChoice.name(invocation)));
    }
    return unpacks;
  }
}
