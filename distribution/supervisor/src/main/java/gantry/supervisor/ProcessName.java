// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

/**
 * Names a process of a task; a later one of the same ids has another name.
 *
 * @param execId empty for the init process
 */
record ProcessName(TaskKey task, String execId, int pid) {
  static ProcessName of(Task task, TaskProcess process) {
    return new ProcessName(task.key(), process.execId(), process.pid());
  }

  @Override
  public String toString() {
    return task.namespace() + "/" + task.id() + "/" + execId + "/" + pid;
  }
}
