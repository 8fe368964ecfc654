// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.runtime.TaskRuntime.TaskName;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers which tasks are not answered for, so that nobody waits for the same silence twice. Safe
 * for concurrent use.
 */
final class Silence {
  private static final Logger LOG = LoggerFactory.getLogger(Silence.class);

  private final Map<TaskName, Quiet> quiet = new ConcurrentHashMap<>();

  /** Since when there was no answer, and why the first was missing. */
  record Quiet(Instant since, String reason) {
    String words() {
      return "no answer for %d s: %s"
          .formatted(Duration.between(since, Instant.now()).toSeconds(), reason);
    }
  }

  /** Nobody answered for it. */
  void missed(TaskName task, String reason) {
    if (quiet.putIfAbsent(task, new Quiet(Instant.now(), reason)) == null) {
      LOG.warn(
          "task {} in namespace {} is shown as unknown until it is answered for: {}",
          task.id(),
          task.namespace(),
          reason);
    }
  }

  /** Somebody answered for it, whatever the answer was. */
  void broken(TaskName task) {
    Quiet was = quiet.remove(task);
    if (was != null) {
      LOG.info(
          "task {} in namespace {} is answered for again, after {} s",
          task.id(),
          task.namespace(),
          Duration.between(was.since(), Instant.now()).toSeconds());
    }
  }

  Optional<Quiet> of(TaskName task) {
    return Optional.ofNullable(quiet.get(task));
  }
}
