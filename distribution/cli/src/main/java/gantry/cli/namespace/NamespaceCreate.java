// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.labels.Labels;
import gantry.namespaces.NamespaceInfo;

/** Makes a namespace. */
final class NamespaceCreate implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .argument("NAME", "of the namespace")
        .arguments("KEY=VALUE", 0, Integer.MAX_VALUE, "labels");
  }

  @Override
  public int run(Invocation invocation) {
    Labels labels = Labels.of(LabelWords.parse(invocation.arguments().from(1)));
    invocation
        .client()
        .namespaces()
        .create(new NamespaceInfo(invocation.arguments().at(0), labels));
    return 0;
  }
}
