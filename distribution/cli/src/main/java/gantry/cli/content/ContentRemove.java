// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.oci.Digest;

/** Takes blobs out of the namespace. */
final class ContentRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.arguments("DIGEST", 1, Integer.MAX_VALUE, "of the blobs");
  }

  @Override
  public int run(Invocation invocation) {
    return Each.of(
        invocation,
        invocation.arguments().all(),
        digest -> {
          invocation.client().content().delete(Digest.parse(digest));
          invocation.say(digest);
        });
  }
}
