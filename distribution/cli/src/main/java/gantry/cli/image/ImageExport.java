// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.images.Image;
import gantry.oci.Platform;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes images to an archive. */
final class ImageExport implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("skip-manifest-json", "leave out what docker load needs")
        .flag("all-platforms", "write every platform, not only one")
        .value("platform", "OS/ARCH", "the one to write; default this host's")
        .flag("local", "accepted for ctr's sake; exporting is always local")
        .argument("FILE", "the archive; - for standard output")
        .arguments("REF", 1, Integer.MAX_VALUE, "images");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Arguments arguments = invocation.arguments();
    List<Image> images = new ArrayList<>();
    arguments.from(1).forEach(name -> images.add(invocation.client().images().get(name)));
    Platform platform = ImageImport.platform(arguments);
    Exporter exporter =
        new Exporter(
            invocation.client().content(),
            arguments.flag("all-platforms") ? null : platform,
            !arguments.flag("skip-manifest-json"));
    try (OutputStream out = open(invocation)) {
      exporter.write(images, out);
    }
    return 0;
  }

  private static OutputStream open(Invocation invocation) throws IOException {
    String file = invocation.arguments().at(0);
    return new BufferedOutputStream(
        file.equals("-") ? invocation.console().out() : Files.newOutputStream(Path.of(file)),
        1 << 16);
  }
}
