// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import gantry.runtime.Exit;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskRuntime.TaskName;

/**
 * What the doctor's part of this plugin needs of the rest, as {@link gantry.runtime.TaskRuntime}.
 */
interface TaskCalls {
  ProcessState state(TaskName task, String execId);

  void kill(TaskName task, String execId, int signal, boolean all);

  Exit await(TaskName task, String execId) throws InterruptedException;

  Exit delete(TaskName task, String execId);
}
