// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.client.GantryClient;
import gantry.errors.AlreadyExistsException;
import gantry.errors.InvalidArgumentException;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.oci.Descriptor;
import gantry.oci.Platform;
import gantry.oci.convert.ImageConverter;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.image.Platforms;
import java.io.IOException;
import java.util.List;

/** Makes an image from another one. */
final class ImageConvert implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("uncompress", "layers are no longer compressed")
        .flag("oci", "media types of Docker become those of OCI")
        .values("platform", "OS/ARCH", "keep this one, may be repeated; default this host's")
        .flag("all-platforms", "keep all, whose content must be there")
        .value("erofs", "FORMAT", "accepted for ctr's sake and refused")
        .value("erofs-compressors", "LIST", "accepted for ctr's sake")
        .value("erofs-mkfs-options", "OPTIONS", "accepted for ctr's sake")
        .argument("SOURCE", "the image")
        .argument("TARGET", "name of the image that is made; one of this name is replaced");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Arguments arguments = invocation.arguments();
    if (arguments.find("erofs").isPresent()) {
      throw new InvalidArgumentException(
          "convert %s: conversion to erofs layers is not supported; leave out --erofs"
              .formatted(arguments.at(0)));
    }
    try (WorkLease lease = new WorkLease(invocation.client())) {
      GantryClient client = lease.client();
      Image source = client.images().get(arguments.at(0));
      Descriptor target =
          new ImageConverter(new ClientBlobs(client.content()), options(arguments))
              .convert(source.target());
      save(client, source, arguments.at(1), target);
      invocation.say(target.digest().toString());
    }
    return 0;
  }

  private static void save(GantryClient client, Image source, String name, Descriptor target) {
    Image image = new Image(name, source.labels(), target, source.createdAt(), source.updatedAt());
    try {
      client.images().create(image);
    } catch (AlreadyExistsException taken) {
      client.images().update(image, FieldPaths.none());
    }
  }

  private static ImageConverter.Options options(Arguments arguments) {
    PlatformMatcher platforms = PlatformMatcher.ALL;
    if (!arguments.flag("all-platforms")) {
      List<Platform> asked = arguments.values("platform").stream().map(Platforms::parse).toList();
      platforms = PlatformMatcher.exactly(asked.isEmpty() ? List.of(Platform.host()) : asked);
    }
    return new ImageConverter.Options(
        arguments.flag("uncompress"), arguments.flag("oci"), platforms);
  }
}
