// SPDX-License-Identifier: Apache-2.0
package gantry.cli.daemon;

import gantry.cli.command.Word;
import gantry.cli.shell.ShellCommand;
import java.util.List;

/** Commands about the daemon itself. */
public final class DaemonCommands {
  private DaemonCommands() {}

  /** At the top. */
  public static List<Word> words() {
    return List.of(
        Word.leaf("version", "show the versions of client and daemon", VersionCommand::new),
        Word.leaf("info", "show which daemon answers", InfoCommand::new),
        Word.leaf("gc", "collect garbage, or say what would go and why", GcCommand::new),
        Word.leaf("df", "show what takes up the disk", DiskUsageCommand::new),
        Word.leaf("doctor", "find what was left behind, and take it away", DoctorCommand::new),
        Word.branch(
            "supervisor", "the process that holds the containers", DaemonCommands::supervisor),
        Word.leaf("events event", "show events as they happen", EventsCommand::new),
        Word.leaf(
            "shell", "open the daemon's own shell, or run one line in it", ShellCommand::new));
  }

  private static List<Word> supervisor() {
    return List.of(
        Word.leaf("status", "show how it is", SupervisorStatusCommand::new),
        Word.leaf(
            "upgrade",
            "have it become the version that is installed, in place",
            SupervisorUpgradeCommand::new));
  }
}
