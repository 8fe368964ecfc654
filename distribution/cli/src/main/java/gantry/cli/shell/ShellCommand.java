// SPDX-License-Identifier: Apache-2.0
package gantry.cli.shell;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.errors.NotFoundException;
import gantry.linux.Fd;
import gantry.linux.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** The daemon's Gogo shell, over the socket that its plugin exports as {@code address}. */
public final class ShellCommand implements Command {
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
    String line = String.join(" ", invocation.arguments().all());
    try (ShellLink link = ShellLink.open(socket)) {
      if (!line.isEmpty()) {
        return link.execute(line, invocation.console().out()) ? 0 : 1;
      }
      if (!Terminal.is(Fd.inherited(0)) || !Terminal.is(Fd.inherited(1))) {
        return pipe(link, invocation);
      }
      new LineEditor(link, invocation.console().out(), LineEditor.history(invocation.environment()))
          .run();
      return 0;
    }
  }

  /** A line that fails does not keep the next from being tried. */
  private static int pipe(ShellLink link, Invocation invocation) throws IOException {
    BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(invocation.console().in(), StandardCharsets.UTF_8));
    int code = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.strip().equals("exit") || line.strip().equals("quit")) {
        return code;
      }
      if (!link.execute(line, invocation.console().out())) {
        code = 1;
      }
    }
    return code;
  }

  /** The daemon knows where its shell is. */
  private static Path ask(Invocation invocation) {
    return invocation.client().introspection().plugins(List.of("id==shell")).stream()
        .filter(plugin -> plugin.type().equals("io.containerd.internal.v1"))
        .map(plugin -> plugin.exports().get("address"))
        .filter(Objects::nonNull)
        .findFirst()
        .map(Path::of)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "open shell: the daemon at %s has none; see gantry plugins ls"
                        .formatted(invocation.settings().address())));
  }
}
