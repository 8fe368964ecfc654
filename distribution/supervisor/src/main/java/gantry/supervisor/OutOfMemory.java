// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.OomEvents;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports tasks that run out of memory when they do: init process and execs alike. What the kernel
 * does not tell in time is found when the init process has ended.
 */
final class OutOfMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OutOfMemory.class);

  private final OomEvents kernel;
  private final TaskEvents events;

  OutOfMemory(OomEvents kernel, TaskEvents events) {
    this.kernel = kernel;
    this.events = events;
  }

  /** Watches a task that has its control group, until its init process has ended. */
  void watch(Task task) {
    try {
      Cgroup cgroup = task.cgroup().orElse(null);
      if (cgroup != null) {
        task.watched(
            cgroup.watch(
                kernel, times -> Thread.ofVirtual().name("oom").start(() -> report(task, times))));
      }
    } catch (IOException e) {
      LOG.warn("task {}: that it runs out of memory is only seen at its end", task.key(), e);
    }
  }

  /** After the start of the init process and before its end, which may take this over. */
  private void report(Task task, long times) {
    task.init().reporting().lock();
    try {
      if (times > 0 ? task.runsOutOfMemory(times) : task.ranOutOfMemory()) {
        events.outOfMemory(task);
      }
    } finally {
      task.init().reporting().unlock();
    }
  }

  @Override
  public void close() throws IOException {
    kernel.close();
  }
}
