// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.content.SnapshotterChoice;
import gantry.cli.registry.RegistryOptions;
import gantry.client.GantryClient;
import gantry.client.SnapshotsClient;
import gantry.errors.AlreadyExistsException;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.labels.WellKnown;
import gantry.linux.Mounts;
import gantry.mounts.Mount;
import gantry.oci.Platform;
import gantry.oci.image.Platforms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * Mounts an image's filesystem, through a snapshot and under a lease that are named like the
 * directory; prints the name of the uppermost layer's snapshot and the directory.
 */
final class ImageMount implements Command {
  private static final Path OWN_DIRECTORIES = Path.of("/run/gantry-mounts");
  private static final Duration LASTS = Duration.ofHours(1);

  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    RegistryOptions.grammar(grammar);
    grammar
        .flag("rw", "let it be written to")
        .value("platform", "OS/ARCH", "default this host's")
        .flag("sync-fs", "flush the filesystem after each layer that has to be unpacked")
        .value("expiration x", "DURATION", "how long the snapshot is kept; default 1h")
        .values("label", "KEY=VALUE", "accepted for ctr's sake; ctr ignores it too")
        .argument("REF", "the image")
        .arguments("DIR", 0, 1, "where to mount it; default a new directory below /run");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Arguments arguments = invocation.arguments();
    Image image = invocation.client().images().get(arguments.at(0));
    String target = arguments.all().size() > 1 ? arguments.at(1) : made().toString();
    boolean leased = lease(invocation, target);
    try {
      GantryClient client = invocation.client().under(target);
      String snapshotter = SnapshotterChoice.name(invocation);
      String chain = unpacked(invocation, client, snapshotter, image);
      invocation.say(chain);
      mount(client.snapshots(snapshotter), target, chain, arguments.flag("rw"));
      invocation.say(target);
      return 0;
    } catch (IOException | RuntimeException failure) {
      if (leased) {
        invocation.client().leases().delete(target, false);
      }
      try {
        tidy(Path.of(target));
      } catch (IOException left) {
        failure.addSuppressed(left);
      }
      throw failure;
    }
  }

  private static Path made() throws IOException {
    Files.createDirectories(OWN_DIRECTORIES);
    return Files.createTempDirectory(OWN_DIRECTORIES, "image-");
  }

  /** Removes a directory that is ours. */
  static void tidy(Path target) throws IOException {
    if (OWN_DIRECTORIES.equals(target.getParent())) {
      Files.deleteIfExists(target);
    }
  }

  /** Whether the lease is new. */
  private static boolean lease(Invocation invocation, String id) {
    Duration lasts = invocation.arguments().duration("expiration", LASTS);
    Instant end = Instant.now().plus(lasts).truncatedTo(ChronoUnit.SECONDS);
    try {
      invocation
          .client()
          .leases()
          .create(id, Labels.of(Map.of(WellKnown.GC_EXPIRE, end.toString())));
      return true;
    } catch (AlreadyExistsException mountedBefore) {
      return false;
    }
  }

  private static String unpacked(
      Invocation invocation, GantryClient client, String snapshotter, Image image)
      throws IOException {
    Platform platform =
        invocation.arguments().find("platform").map(Platforms::parse).orElseGet(Platform::host);
    PlatformImage found = new ImageContent(client.content()).image(image.target(), platform);
    Unpacker unpacker =
        new Unpacker(client, snapshotter).syncing(invocation.arguments().flag("sync-fs"));
    if (!unpacker.isUnpacked(found)) {
      unpacker.unpack(found);
    }
    return found.chain();
  }

  private static void mount(
      SnapshotsClient snapshots, String target, String chain, boolean writable) throws IOException {
    List<Mount> mounts;
    try {
      mounts =
          writable
              ? snapshots.prepare(target, chain, Labels.none())
              : snapshots.view(target, chain, Labels.none());
    } catch (AlreadyExistsException before) {
      mounts = snapshots.mounts(target);
    }
    try {
      Mounts.mountAll(mounts, Path.of(target));
    } catch (IOException failure) {
      try {
        snapshots.remove(target);
      } catch (NotFoundException gone) {
        failure.addSuppressed(gone);
      }
      throw failure;
    }
  }
}
