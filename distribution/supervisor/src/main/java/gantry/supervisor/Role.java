// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

/** What a descriptor is to a process of a task, for those that must outlive this process. */
enum Role {
  /** The process itself. */
  PROCESS,
  /** The master side of its terminal. */
  MASTER,
  /** Where the terminal's input comes from. */
  READER,
  /** The end that keeps the input open. */
  WRITER,
  /** Where the terminal's output goes. */
  OUTPUT
}
