// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.client.ImagesClient;
import gantry.errors.NotFoundException;
import java.util.List;

/** Removes names of images. A name that is not there is only noted. */
final class ImageRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar
        .flag("sync", "wait until what only they kept is gone")
        .arguments("REF", 1, Integer.MAX_VALUE, "names of images");
  }

  @Override
  public int run(Invocation invocation) {
    List<String> names = invocation.arguments().all();
    boolean sync = invocation.arguments().flag("sync");
    boolean rehearsal = Rehearsal.asked(invocation);
    ImagesClient images = invocation.client().images();
    return Each.of(
        invocation,
        names,
        name -> {
          boolean last = name.equals(names.getLast());
          try {
            if (rehearsal) {
              images.get(name);
              Rehearsal.say(invocation, "remove image", name);
            } else {
              images.delete(name, sync && last);
              invocation.say(name);
            }
          } catch (NotFoundException missing) {
            invocation.note("gantry: %s: image not found; see gantry images ls".formatted(name));
          }
        });
  }
}
