// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.content.SnapshotterChoice;
import gantry.client.GantryClient;
import gantry.errors.InvalidArgumentException;
import gantry.images.Image;
import gantry.oci.Platform;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads images from an archive. */
final class ImageImport implements Command {
  @Override
  public void grammar(Grammar grammar) {
    SnapshotterChoice.grammar(grammar);
    grammar
        .value(
            "base-name", "NAME", "of images that have only a tag; only images below it are taken")
        .flag("digests", "also name each image by its digest")
        .flag("skip-digest-for-named", "with --digests: only those without another name")
        .flag("all-platforms", "want every platform complete, not only one")
        .value("platform", "OS/ARCH", "the one to want and to unpack; default this host's")
        .flag("no-unpack", "do not make snapshots of the layers")
        .flag("local", "accepted for ctr's sake; importing is always local")
        .argument("FILE", "an oci image layout or docker archive as tar; - for standard input");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Arguments arguments = invocation.arguments();
    Platform platform = platform(arguments);
    try (InputStream in = open(invocation);
        WorkLease lease = new WorkLease(invocation.client())) {
      @Nullable Platform wanted = arguments.flag("all-platforms") ? null : platform;
      List<Image> images = new Importer(lease.client(), names(arguments), wanted).run(in);
      if (images.isEmpty()) {
        throw new InvalidArgumentException(
            "import: no image in the archive has a wanted name; try --base-name or --digests");
      }
      unpack(invocation, lease.client(), images, platform);
    }
    return 0;
  }

  private static void unpack(
      Invocation invocation, GantryClient client, List<Image> images, Platform platform)
      throws IOException {
    ImageContent content = new ImageContent(client.content());
    boolean unpack = !invocation.arguments().flag("no-unpack");
    Unpacker unpacker = unpack ? new Unpacker(client, SnapshotterChoice.name(invocation)) : null;
    for (Image image : images) {
      if (unpacker == null) {
        invocation.say("%s (%s)".formatted(image.name(), image.target().digest()));
        continue;
      }
      invocation
          .console()
          .out()
          .print("unpacking %s (%s)...".formatted(image.name(), image.target().digest()));
      invocation.console().out().flush();
      unpacker.unpack(content.image(image.target(), platform));
      invocation.say("done");
    }
  }

  private static InputStream open(Invocation invocation) throws IOException {
    String file = invocation.arguments().at(0);
    return new BufferedInputStream(
        file.equals("-") ? invocation.console().in() : Files.newInputStream(Path.of(file)),
        1 << 16);
  }

  private static ArchiveNames names(Arguments arguments) {
    String base = arguments.value("base-name", "");
    return new ArchiveNames(
        base.isEmpty() ? "import-" + LocalDate.now(ZoneOffset.UTC) : base,
        !base.isEmpty(),
        arguments.flag("digests"),
        arguments.flag("skip-digest-for-named"));
  }

  static Platform platform(Arguments arguments) {
    String text = arguments.value("platform", "");
    if (text.isEmpty()) {
      return Platform.host();
    }
    String[] parts = text.split("/", 3);
    return new Platform(
        parts[0], parts.length > 1 ? parts[1] : "", parts.length > 2 ? parts[2] : "");
  }
}
