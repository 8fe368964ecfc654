// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.LabelWords;
import gantry.cli.command.Listing;
import gantry.namespaces.NamespaceInfo;
import java.util.List;

/** All namespaces. */
final class NamespacesList implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar.flag("quiet q", "print only the names").listing();
  }

  @Override
  public int run(Invocation invocation) {
    List<NamespaceInfo> namespaces = invocation.client().namespaces().list();
    if (invocation.arguments().flag("quiet")) {
      namespaces.forEach(namespace -> invocation.say(namespace.name()));
      return 0;
    }
    new Listing<NamespaceInfo>()
        .column("NAME", NamespaceInfo::name)
        .column(
            "LABELS",
            namespace -> LabelWords.cell(namespace.labels(), ""),
            namespace -> namespace.labels().map())
        .print(namespaces, invocation);
    return 0;
  }
}
