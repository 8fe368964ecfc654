// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The daemon's Gogo shell, over the plain text socket its plugin exports as {@code address}. */
final class ShellCommand implements Command {
  private static final int CHUNK = 8192;

  @Override
  public void grammar(Grammar grammar) {
    grammar
        .value("socket", "PATH", "the shell's socket; default what the daemon says")
        .arguments("LINE", 0, Integer.MAX_VALUE, "run this and leave, for instance 'lb -s'")
        .argumentsLast();
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Path socket =
        invocation.arguments().find("socket").map(Path::of).orElseGet(() -> ask(invocation));
    try (SocketChannel channel = connect(socket)) {
      String line = String.join(" ", invocation.arguments().all());
      if (line.isEmpty()) {
        Thread.ofPlatform().daemon().start(() -> type(invocation.console().in(), channel));
      } else {
        OutputStream out = Channels.newOutputStream(channel);
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        channel.shutdownOutput();
      }
      show(channel, invocation.console().out());
    }
    return 0;
  }

  /** The daemon knows where its shell is. */
  private static Path ask(Invocation invocation) {
    return invocation.client().introspection().plugins(List.of("id==shell")).stream()
        .filter(plugin -> plugin.type().equals("io.containerd.internal.v1"))
        .map(plugin -> plugin.exports().get("address"))
        .filter(Objects::nonNull)
        .map(Path::of)
        .findFirst()
        .orElseThrow(
            () ->
                new NotFoundException(
                    "open shell: the daemon at %s has none; see gantry plugins ls"
                        .formatted(invocation.settings().address())));
  }

  private static SocketChannel connect(Path socket) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(UnixDomainSocketAddress.of(socket));
      return channel;
    } catch (IOException refused) {
      channel.close();
      throw new UnavailableException(
          "open shell %s: %s"
              .formatted(socket, String.valueOf(refused.getMessage()).toLowerCase(Locale.ROOT)),
          refused);
    }
  }

  private static void type(InputStream in, SocketChannel channel) {
    try {
      in.transferTo(Channels.newOutputStream(channel));
      channel.shutdownOutput();
    } catch (IOException gone) {
      // the daemon closed the session; the reader of its answers ends too
    }
  }

  private static void show(SocketChannel channel, PrintStream out) {
    InputStream in = Channels.newInputStream(channel);
    byte[] chunk = new byte[CHUNK];
    try {
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(chunk, 0, read);
        out.flush();
      }
    } catch (IOException lost) {
      throw new UncheckedIOException("shell session lost: " + lost.getMessage(), lost);
    }
  }
}
