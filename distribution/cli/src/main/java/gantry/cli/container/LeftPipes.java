// SPDX-License-Identifier: Apache-2.0
package gantry.cli.container;

import gantry.linux.Fifos;
import gantry.runtime.ProcessState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The pipes of a process that is gone; whoever started it detached has left them. */
public final class LeftPipes {
  private LeftPipes() {}

  /** Removes them and the directory that was made for them. Files that are no pipes stay. */
  public static void remove(ProcessState process) {
    for (String name : List.of(process.stdin(), process.stdout(), process.stderr())) {
      try {
        if (name.startsWith("/") && Fifos.is(Path.of(name))) {
          Files.delete(Path.of(name));
          Files.deleteIfExists(Path.of(name).resolveSibling(""));
        }
      } catch (IOException kept) {
        // the directory has further pipes in it, or was not ours
      }
    }
  }
}
