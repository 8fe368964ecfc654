// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.content.SnapshotterChoice;
import gantry.cli.transfer.ProgressDisplay;
import gantry.client.GantryClient;
import gantry.errors.InvalidArgumentException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;
import gantry.oci.Platform;
import gantry.oci.image.Platforms;
import gantry.transfer.ImportArchive;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.ExtraReference;
import gantry.transfer.StoredImage.UnpackTarget;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

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
        .value("index-name", "NAME", "name the archive's whole index too")
        .flag("all-platforms", "want every platform complete, not only one")
        .value("platform", "OS/ARCH", "the one to want and to unpack; default this host's")
        .values("label", "KEY=VALUE", "of the images")
        .flag("compress-blobs", "compress layers of a docker archive that are not")
        .flag("no-unpack", "do not make snapshots of the layers")
        .flag("sync-fs", "accepted for ctr's sake; what is recorded is durable")
        .flag("local", "read the archive here and not in the daemon")
        .value("output o", "FORMAT", "json: a line for each step")
        .argument("FILE", "an oci image layout or docker archive as tar; - for standard input");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    int images;
    try (InputStream in = open(invocation)) {
      images =
          TransferSupport.isWanted(invocation) ? remote(invocation, in) : local(invocation, in);
    }
    if (images == 0) {
      throw new InvalidArgumentException(
          "import: no image in the archive has a wanted name; try --base-name or --digests");
    }
    return 0;
  }

  private static int remote(Invocation invocation, InputStream in) throws IOException {
    Arguments arguments = invocation.arguments();
    boolean compress = arguments.flag("compress-blobs");
    AtomicInteger saved = new AtomicInteger();
    try (ProgressDisplay display = ProgressDisplay.of(invocation, false)) {
      invocation
          .client()
          .transfers()
          .importArchive(
              new ImportArchive(in, "", compress),
              wanted(invocation),
              step -> {
                if (step.event().equals("saved")) {
                  saved.incrementAndGet();
                }
                display.progressed(step);
              });
    }
    return saved.get();
  }

  private static int local(Invocation invocation, InputStream in) throws IOException {
    try (WorkLease lease = new WorkLease(invocation.client())) {
      List<Image> images =
          new LocalImport(lease.client(), wanted(invocation))
              .run(in, invocation.arguments().flag("compress-blobs"));
      unpack(invocation, lease.client(), images);
      return images.size();
    }
  }

  private static void unpack(Invocation invocation, GantryClient client, List<Image> images)
      throws IOException {
    ImageContent content = new ImageContent(client.content());
    boolean unpack = !invocation.arguments().flag("no-unpack");
    for (Image image : images) {
      Descriptor target = image.target();
      String name = "%s (%s)".formatted(image.name(), target.digest());
      if (!unpack || isWholeIndex(invocation, image)) {
        invocation.say(name);
        continue;
      }
      invocation.console().out().print("unpacking " + name + "...");
      invocation.console().out().flush();
      new Unpacker(client, SnapshotterChoice.name(invocation))
          .syncing(invocation.arguments().flag("sync-fs"))
          .unpack(content.image(target, platform(invocation.arguments())));
      invocation.say("done");
    }
  }

  private static boolean isWholeIndex(Invocation invocation, Image image) {
    return image.name().equals(invocation.arguments().value("index-name", ""))
        && MediaTypes.isIndex(image.target().mediaType());
  }

  private static InputStream open(Invocation invocation) throws IOException {
    String file = invocation.arguments().at(0);
    return new BufferedInputStream(
        file.equals("-") ? invocation.console().in() : Files.newInputStream(Path.of(file)),
        1 << 16);
  }

  private static StoredImage wanted(Invocation invocation) {
    Arguments arguments = invocation.arguments();
    Platform platform = platform(arguments);
    boolean unpack = !arguments.flag("no-unpack");
    return new StoredImage(
        arguments.value("index-name", ""),
        Labels.of(LabelWords.parse(arguments.values("label"))),
        arguments.flag("all-platforms") ? List.of() : List.of(platform),
        false,
        0,
        List.of(names(arguments)),
        unpack
            ? List.of(new UnpackTarget(platform, SnapshotterChoice.name(invocation)))
            : List.of());
  }

  /** Without a base name any full name is taken, and a tag gets one with today's date. */
  private static ExtraReference names(Arguments arguments) {
    String base = arguments.value("base-name", "");
    return new ExtraReference(
        base.isEmpty() ? "import-" + LocalDate.now(ZoneOffset.UTC) : base,
        true,
        base.isEmpty(),
        arguments.flag("digests"),
        arguments.flag("skip-digest-for-named"));
  }

  private static Platform platform(Arguments arguments) {
    return arguments.find("platform").map(Platforms::parse).orElseGet(Platform::host);
  }
}
