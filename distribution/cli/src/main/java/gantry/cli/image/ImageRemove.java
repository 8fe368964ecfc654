// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import java.util.List;

/** Removes names of images. */
final class ImageRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("sync", "wait until what only they kept is gone")
        .arguments("REF", 1, Integer.MAX_VALUE, "names of images");
  }

  @Override
  public int run(Invocation invocation) {
    List<String> names = invocation.arguments().all();
    boolean sync = invocation.arguments().flag("sync");
    return Each.of(
        invocation,
        names,
        name -> {
          boolean last = name.equals(names.getLast());
          invocation.client().images().delete(name, sync && last);
          invocation.say(name);
        });
  }
}
