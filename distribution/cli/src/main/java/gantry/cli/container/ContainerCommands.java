// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import gantry.cli.command.Word;
import java.util.List;

/** Commands about container records. */
public final class ContainerCommands {
  private ContainerCommands() {}

  /** Those that do not make one, below {@code containers}. */
  public static List<Word> words() {
    return List.of(
        Word.leaf(
            "rm delete del remove", "remove containers that do not run", ContainerRemove::new),
        Word.leaf("info", "show a container", ContainerInfo::new),
        Word.leaf("ls list", "list containers", ContainersList::new),
        Word.leaf("label", "set and clear labels", ContainerLabel::new));
  }
}
