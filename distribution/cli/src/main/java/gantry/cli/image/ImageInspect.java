// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.images.Image;
import java.io.IOException;

/** Shows an image and everything below it, as a tree or as JSON. */
final class ImageInspect implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .listing()
        .flag("content", "also show labels and documents")
        .argument("REF", "the image");
  }

  @Override
  public int run(Invocation invocation) throws IOException {
    Image image = invocation.client().images().get(invocation.arguments().at(0));
    boolean content = invocation.arguments().flag("content");
    ImageOutline outline = new ImageOutline(invocation.client().content(), content);
    if (invocation.json()) {
      invocation.say(Json.pretty(outline.tree(image)));
    } else {
      outline.lines(image).forEach(invocation::say);
    }
    return 0;
  }
}
