// SPDX-License-Identifier: Apache-2.0
package gantry.cli.image;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.filters.FieldPaths;
import gantry.images.Image;
import gantry.labels.Labels;
import java.util.Map;

/** Sets and clears labels of an image and prints what it has then. */
final class ImageLabel implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("replace-all r", "clear all other labels")
        .argument("REF", "the image")
        .arguments(
            "KEY=VALUE", 0, Integer.MAX_VALUE, "labels; KEY= clears one, KEY alone is KEY=true");
  }

  @Override
  public int run(Invocation invocation) {
    String name = invocation.arguments().at(0);
    Map<String, String> labels = LabelWords.parse(invocation.arguments().from(1));
    Image image =
        invocation.arguments().flag("replace-all")
            ? replace(invocation, name, labels)
            : invocation.client().images().label(name, labels);
    invocation.say(LabelWords.cell(image.labels(), ""));
    return 0;
  }

  private static Image replace(Invocation invocation, String name, Map<String, String> labels) {
    Image old = invocation.client().images().get(name);
    Image changed =
        new Image(name, Labels.of(labels), old.target(), old.createdAt(), old.updatedAt());
    return invocation.client().images().update(changed, FieldPaths.of("labels"));
  }
}
