// SPDX-License-Identifier: Apache-2.0
package gantry.cli.run;

import gantry.cli.command.Word;
import java.util.List;

/** Commands that make containers. */
public final class RunCommands {
  private RunCommands() {}

  /** At the top. */
  public static List<Word> words() {
    return List.of(Word.leaf("run", "make a container and run it", RunCommand::new));
  }

  /** Below {@code containers}. */
  public static List<Word> containers() {
    return List.of(
        Word.leaf("create", "make a container, to be started later", CreateCommand::new));
  }
}
