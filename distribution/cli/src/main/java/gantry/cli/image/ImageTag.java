// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.errors.AlreadyExistsException;
import gantry.filters.FieldPaths;
import gantry.images.Image;

/** Gives an image further names. */
final class ImageTag implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("force", "take a name from another image")
        .flag("local", "accepted for ctr's sake; a name is one small call")
        .flag("skip-reference-check", "accepted for ctr's sake; any name will do")
        .argument("REF", "the image")
        .arguments("NAME", 1, Integer.MAX_VALUE, "further names");
  }

  @Override
  public int run(Invocation invocation) {
    Image image = invocation.client().images().get(invocation.arguments().at(0));
    boolean force = invocation.arguments().flag("force");
    return Each.of(
        invocation,
        invocation.arguments().from(1),
        name -> {
          Image named =
              new Image(name, image.labels(), image.target(), image.createdAt(), image.updatedAt());
          try {
            invocation.client().images().create(named);
          } catch (AlreadyExistsException taken) {
            if (!force) {
              throw taken;
            }
            invocation.client().images().update(named, FieldPaths.none());
          }
          invocation.say(name);
        });
  }
}
