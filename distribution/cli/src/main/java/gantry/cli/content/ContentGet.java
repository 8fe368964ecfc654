// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.oci.Digest;
import java.io.IOException;
import java.io.InputStream;

/** Prints a blob. */
final class ContentGet implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.argument("DIGEST", "of the blob");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Digest digest = Digest.parse(invocation.arguments().at(0));
    try (InputStream in = invocation.client().content().read(digest, 0)) {
      in.transferTo(invocation.console().out());
    }
    return 0;
  }
}
