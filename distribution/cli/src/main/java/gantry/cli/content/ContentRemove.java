// SPDX-License-Identifier: Apache-2.0
package gantry.cli.content;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.client.ContentClient;
import gantry.errors.NotFoundException;
import gantry.oci.Digest;

/** Takes blobs out of the namespace and prints those that were there. */
final class ContentRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar.arguments("DIGEST", 1, Integer.MAX_VALUE, "of the blobs");
  }

  @Override
  public int run(Invocation invocation) {
    ContentClient content = invocation.client().content();
    boolean rehearsal = Rehearsal.asked(invocation);
    return Each.of(
        invocation,
        invocation.arguments().all(),
        word -> {
          Digest digest = Digest.parse(word);
          try {
            if (rehearsal) {
              content.info(digest);
              Rehearsal.say(invocation, "remove", word);
            } else {
              content.delete(digest);
              invocation.say(word);
            }
          } catch (NotFoundException gone) {
            // what was asked for is so
          }
        });
  }
}
