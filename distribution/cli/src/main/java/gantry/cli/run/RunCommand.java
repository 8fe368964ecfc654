// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import gantry.cli.command.Arguments;
import gantry.cli.command.Command;
import gantry.cli.command.Grammar;
import gantry.cli.command.Invocation;
import gantry.cli.command.UsageException;
import gantry.cli.container.ContainerRemove;
import gantry.cli.task.Foreground;
import gantry.cli.task.TaskRun;
import gantry.cli.task.TaskStreams;
import gantry.containers.Container;

/** Makes a container and runs it; exits with the code of its process. */
final class RunCommand implements Command {
  @Override
  public void grammar(Grammar grammar) {
    grammar
        .flag("rm", "remove the container afterwards")
        .flag("detach d", "return once it runs")
        .flag("null-io", "throw all output away")
        .flag("no-pivot", "do not use pivot_root")
        .value("pid-file", "FILE", "write the process id there");
    TaskStreams.grammar(grammar);
    TaskStreams.detachGrammar(grammar);
    SpecFlags.grammar(grammar);
    grammar
        .arguments(
            "IMAGE ID COMMAND", 1, Integer.MAX_VALUE, "image or directory, id, and what to run")
        .argumentsLast();
  }

  @Override
  public int run(Invocation invocation) throws Exception {
    Arguments arguments = invocation.arguments();
    boolean remove = arguments.flag("rm");
    if (remove && arguments.flag("detach")) {
      throw new UsageException("flags --detach and --rm cannot be specified together");
    }
    TaskStreams.unattended(arguments, arguments.flag("tty"));
    Container container = new NewContainer(invocation).create();
    boolean isLeft = false;
    try {
      TaskRun run = new TaskRun(invocation, container, arguments.flag("tty"));
      Foreground.Ending ending = run.start();
      isLeft = ending.isLeft();
      if (!isLeft) {
        run.delete();
      }
      return ending.status();
    } finally {
      if (remove && !isLeft) {
        ContainerRemove.remove(invocation.client(), container, false);
      }
    }
  }
}
