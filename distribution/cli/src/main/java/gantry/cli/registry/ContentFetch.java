// SPDX-License-Identifier: Apache-2.0
package gantry.cli.registry;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.image.WorkLease;
import gantry.client.ImagesClient;
import gantry.errors.AlreadyExistsException;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.Platform;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.image.Platforms;
import gantry.registry.Repository;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Fetches all blobs of an image and gives it its name; nothing is unpacked. */
final class ContentFetch implements Command {
  @Override
  public void grammar(Grammar grammar) {
    RegistryOptions.grammar(grammar);
    grammar
        .values("label", "KEY=VALUE", "labels of the image")
        .values("platform", "OS/ARCH", "fetch layers of these; default this host's")
        .flag("all-platforms", "fetch layers of all platforms")
        .flag("all-metadata", "the default; accepted for the sake of older scripts")
        .flag("skip-metadata", "leave manifests and configurations of other platforms out")
        .flag("metadata-only", "fetch manifests and configurations, but no layers")
        .argument("REMOTE", "host/repository:tag")
        .arguments("OBJECT", 0, Integer.MAX_VALUE, "accepted for ctr's sake; ctr ignores it too");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Arguments arguments = invocation.arguments();
    String name = arguments.at(0);
    boolean metadataOnly = arguments.flag("metadata-only");
    try (RegistryConnection registries = new RegistryConnection(invocation);
        WorkLease lease = new WorkLease(invocation.client())) {
      Repository repository = registries.open(name);
      Descriptor target = repository.resolve();
      new ImageFetch(
              repository,
              lease.client().content(),
              metadataOnly ? null : platforms(arguments),
              metadataOnly || !arguments.flag("skip-metadata"),
              invocation::say)
          .run(target);
      name(
          lease.client().images(),
          name,
          target,
          Labels.of(LabelWords.parse(arguments.values("label"))));
    }
    return 0;
  }

  private static @Nullable PlatformMatcher platforms(Arguments arguments) {
    if (arguments.flag("all-platforms")) {
      return PlatformMatcher.ALL;
    }
    List<Platform> platforms = arguments.values("platform").stream().map(Platforms::parse).toList();
    return platforms.isEmpty()
        ? PlatformMatcher.exactly(List.of(Platform.host()))
        : PlatformMatcher.exactly(platforms);
  }

  private static void name(ImagesClient images, String name, Descriptor target, Labels labels) {
    Image image = new Image(name, labels, target, Instant.EPOCH, Instant.EPOCH);
    try {
      images.create(image);
    } catch (AlreadyExistsException older) {
      FieldPaths paths =
          labels.map().isEmpty() ? FieldPaths.of("target") : FieldPaths.of("target", "labels");
      images.update(image, paths);
    }
  }
}
