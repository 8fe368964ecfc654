// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.client.GantryClient;
import gantry.containers.Container;
import gantry.errors.NotFoundException;
import gantry.images.Image;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Removes the images that no container was made from, and waits until what they kept is gone. */
final class ImagesPrune implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar.flag("all", "must be given: all images that no container was made from");
  }

  @Override
  public int run(Invocation invocation) {
    if (!invocation.arguments().flag("all")) {
      invocation.note("gantry: no image is removed without --all; try --all --dry-run first");
      return 0;
    }
    GantryClient client = invocation.client();
    Set<String> used =
        client.containers().list(List.of()).stream()
            .map(Container::image)
            .collect(Collectors.toSet());
    List<String> unused =
        client.images().list(List.of()).stream()
            .map(Image::name)
            .filter(name -> !used.contains(name))
            .toList();
    if (Rehearsal.asked(invocation)) {
      unused.forEach(name -> Rehearsal.say(invocation, "remove image", name));
      return 0;
    }
    return Each.of(
        invocation,
        unused,
        name -> {
          try {
            client.images().delete(name, name.equals(unused.getLast()));
            invocation.say(name);
          } catch (NotFoundException gone) {
            // removed since the images were listed
          }
        });
  }
}
