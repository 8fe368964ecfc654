// SPDX-License-Identifier: Apache-2.0
package gantry.cli.task;

import gantry.cli.command.Word;
import java.util.List;

/** Commands about tasks. */
public final class TaskCommands {
  private TaskCommands() {}

  /** Below {@code tasks}. */
  public static List<Word> words() {
    return List.of(
        Word.leaf("attach", "connect to the streams of a running task", TaskAttach::new),
        Word.leaf("rm delete del remove", "remove stopped tasks", TaskRemove::new),
        Word.leaf("exec", "run a further process in a task", TaskExec::new),
        Word.leaf("ls list", "list tasks", TasksList::new),
        Word.leaf("kill", "send a signal to a task", TaskKill::new),
        Word.leaf("metrics metric", "show the counters of a task", TaskMetrics::new),
        Word.leaf("pause", "freeze a task", () -> new TaskFreeze(true)),
        Word.leaf("ps", "list the processes of a task", TaskProcesses::new),
        Word.leaf("resume", "let a paused task go on", () -> new TaskFreeze(false)),
        Word.leaf("start", "start a container that has no task", TaskStart::new),
        Word.leaf("wait", "wait for the end of a task", TaskWait::new));
  }
}
