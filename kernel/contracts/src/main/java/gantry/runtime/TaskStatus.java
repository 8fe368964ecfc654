// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

/** The state of a process of a task. */
public enum TaskStatus {
  UNKNOWN,
  CREATED,
  RUNNING,
  STOPPED,
  PAUSED,
  PAUSING
}
