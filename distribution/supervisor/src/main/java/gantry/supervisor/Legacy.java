// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.runtime.TaskStatus;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a supervisor leaves of a process to the next, beside what is on disk. Whoever takes it owns
 * the descriptors.
 *
 * @param status null if the runtime has to be asked
 * @param loggerPid of the program that takes the output; 0 for none
 */
record Legacy(
    Map<Role, Fd> descriptors,
    @Nullable TaskStatus status,
    int loggerPid,
    TerminalPump.Unwritten unwritten) {
  /** Nothing at all. */
  static final Legacy NONE = of(Map.of());

  static Legacy of(Map<Role, Fd> descriptors) {
    return new Legacy(descriptors, null, 0, TerminalPump.Unwritten.NONE);
  }

  Optional<Fd> descriptor(Role role) {
    return Optional.ofNullable(descriptors.get(role));
  }

  /** Whether a terminal can be gone on with. */
  boolean hasTerminal() {
    return descriptors.containsKey(Role.MASTER)
        && descriptors.containsKey(Role.READER)
        && descriptors.containsKey(Role.OUTPUT);
  }

  /** For what nobody takes. */
  void close() {
    descriptors.values().forEach(Fd::close);
  }

  /** Finds what was left of a process. */
  @FunctionalInterface
  interface Source {
    /** {@link #NONE} if nothing was. */
    Legacy of(ProcessName name);
  }
}
