// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.transfer.PlatformOptions;
import gantry.cli.transfer.ProgressDisplay;
import gantry.labels.Labels;
import gantry.oci.Platform;
import gantry.oci.image.PlatformMatcher;
import gantry.oci.layout.ArchiveWriter;
import gantry.transfer.ExportArchive;
import gantry.transfer.StoredImage;
import gantry.transfer.StoredImage.ExtraReference;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes images to an archive. */
final class ImageExport implements Command {
  @Override
  public void grammar(Grammar grammar) {
    PlatformOptions.grammar(grammar, "write", "write every platform");
    grammar
        .flag("skip-manifest-json", "leave out what docker load needs")
        .flag("skip-non-distributable", "leave out layers that only their maker may hand out")
        .flag("local", "write the archive here and not in the daemon")
        .value("output o", "FORMAT", "json: a line for each step")
        .argument("FILE", "the archive; - for standard output")
        .arguments("REF", 1, Integer.MAX_VALUE, "images");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    try (OutputStream out = open(invocation)) {
      if (TransferSupport.isWanted(invocation)) {
        remote(invocation, out);
      } else {
        local(invocation, out);
      }
    }
    return 0;
  }

  private static void remote(Invocation invocation, OutputStream out) throws IOException {
    Arguments arguments = invocation.arguments();
    ExportArchive archive =
        new ExportArchive(
            out,
            "",
            PlatformOptions.platforms(arguments),
            arguments.flag("all-platforms"),
            arguments.flag("skip-manifest-json"),
            arguments.flag("skip-non-distributable"));
    try (ProgressDisplay display = ProgressDisplay.of(invocation, isOutput(arguments))) {
      invocation.client().transfers().exportArchive(images(arguments), archive, display);
    }
  }

  private static void local(Invocation invocation, OutputStream out) throws IOException {
    Arguments arguments = invocation.arguments();
    List<Platform> asked = PlatformOptions.platforms(arguments);
    ArchiveWriter.Options options =
        new ArchiveWriter.Options(
            PlatformMatcher.exactly(asked.isEmpty() ? List.of(Platform.host()) : asked),
            arguments.flag("all-platforms"),
            arguments.flag("skip-manifest-json"),
            arguments.flag("skip-non-distributable"));
    ArchiveWriter writer =
        new ArchiveWriter(new ClientBlobs(invocation.client().content()), options);
    for (String name : arguments.from(1)) {
      writer.add(name, invocation.client().images().get(name).target());
    }
    writer.write(out);
  }

  private static StoredImage images(Arguments arguments) {
    List<ExtraReference> names =
        arguments.from(1).stream()
            .map(name -> new ExtraReference(name, false, false, false, false))
            .toList();
    return new StoredImage("", Labels.none(), List.of(), false, 0, names, List.of());
  }

  private static boolean isOutput(Arguments arguments) {
    return arguments.at(0).equals("-");
  }

  private static OutputStream open(Invocation invocation) throws IOException {
    Arguments arguments = invocation.arguments();
    OutputStream out =
        isOutput(arguments)
            ? new Unclosed(invocation.console().out())
            : Files.newOutputStream(Path.of(arguments.at(0)));
    return new BufferedOutputStream(out, 1 << 16);
  }

  /** Standard output is not ours to close. */
  private static final class Unclosed extends FilterOutputStream {
    Unclosed(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
