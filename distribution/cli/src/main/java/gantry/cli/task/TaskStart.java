// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import com.fasterxml.jackson.databind.JsonNode;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.Json;
import gantry.containers.Container;
import gantry.errors.FailedPreconditionException;
import gantry.typed.TypedValue;

/** Starts a container that has no task. */
final class TaskStart implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("null-io", "throw all output away")
        .flag("detach d", "return once it runs")
        .flag("no-pivot", "do not use pivot_root")
        .value("pid-file", "FILE", "write the process id there");
    TaskStreams.grammar(grammar);
    TaskStreams.detachGrammar(grammar);
    grammar.argument("CONTAINER", "to start");
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Container container = invocation.client().containers().get(invocation.arguments().at(0));
    TaskRun run = new TaskRun(invocation, container, terminal(container));
    Foreground.Ending ending = run.start();
    if (!ending.isLeft()) {
      run.delete();
    }
    return ending.status();
  }

  private static boolean terminal(Container container) {
    TypedValue spec = container.spec();
    if (spec == null) {
      throw new FailedPreconditionException("start %s: it has no spec".formatted(container.id()));
    }
    JsonNode tree = Json.parse("spec of " + container.id(), spec.value());
    return tree.path("process").path("terminal").asBoolean();
  }
}
