// SPDX-License-Identifier: Apache-2.0
package gantry.cli.namespace;

import gantry.cli.command.Command;
import gantry.cli.command.Each;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Rehearsal;
import gantry.errors.NotFoundException;
import gantry.namespaces.NamespaceInfo;
import java.util.List;

/** Removes empty namespaces. One that is not there is as good as removed. */
final class NamespaceRemove implements Command {
  @Override
  public void grammar(Grammar grammar) {
    Rehearsal.grammar(grammar);
    grammar
        .flag("cgroup c", "also remove the control groups that are named like them")
        .arguments("NAME", 1, Integer.MAX_VALUE, "namespaces, which must be empty");
  }

  @Override
  public int run(Invocation invocation) {
    List<String> names = invocation.arguments().all();
    if (Rehearsal.asked(invocation)) {
      return rehearse(invocation, names);
    }
    boolean cgroup = invocation.arguments().flag("cgroup");
    return Each.of(
        invocation,
        names,
        name -> {
          remove(invocation, name);
          if (cgroup) {
            NamespaceCgroup.of(name).remove();
          }
          invocation.say(name);
        });
  }

  private static void remove(Invocation invocation, String name) {
    try {
      invocation.client().namespaces().delete(name);
    } catch (NotFoundException gone) {
      // what was asked for is so
    }
  }

  private static int rehearse(Invocation invocation, List<String> names) {
    List<String> known =
        invocation.client().namespaces().list().stream().map(NamespaceInfo::name).toList();
    names.stream()
        .filter(known::contains)
        .forEach(name -> Rehearsal.say(invocation, "remove namespace", name));
    return 0;
  }
}
