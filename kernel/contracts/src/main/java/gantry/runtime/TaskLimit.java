// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.plugins.TimeLimits;
import java.time.Duration;

/**
 * How long what is done with tasks may take: the keys of the configuration's table {@code timeouts}
 * and what holds without it. A runtime ends its own calls by these limits, so that one that hangs
 * is told of by the runtime, which knows which; whoever calls the runtime allows a little more.
 */
public enum TaskLimit {
  /** Until a process that runs tasks is connected to and has answered, after a restart. */
  LOAD("io.containerd.timeout.shim.load", 5),
  /** The clean-up after a process that ran tasks and died. */
  SHIM_CLEANUP("io.containerd.timeout.shim.cleanup", 5),
  /** Until a process that ran tasks has ended when it was told to. */
  SHUTDOWN("io.containerd.timeout.shim.shutdown", 3),
  /** The question for the state of a process. */
  STATE("io.containerd.timeout.task.state", 2),
  /** The question for what a task consumes. */
  STATS("io.containerd.timeout.metrics.shimstats", 2),
  /** Making a task. */
  CREATE("io.gantry.timeout.task.create", 120),
  /** Starting a process. */
  START("io.gantry.timeout.task.start", 60),
  /** Deleting a task or an exec. */
  DELETE("io.gantry.timeout.task.delete", 60),
  /** Signalling processes. */
  KILL("io.gantry.timeout.task.kill", 60),
  /** Declaring a further process. */
  EXEC("io.gantry.timeout.task.exec", 60),
  /** Pausing, resuming and changing limits. */
  UPDATE("io.gantry.timeout.task.update", 60),
  /** Small things: the list of processes, the size of a terminal, the end of the input. */
  QUERY("io.gantry.timeout.task.query", 10),
  /** Writing a checkpoint, and restoring one. */
  CHECKPOINT("io.gantry.timeout.task.checkpoint", 600),
  /** Removing what is left of a task that is gone. */
  CLEANUP("io.gantry.timeout.task.cleanup", 30),
  /** One command of runc that makes, starts or removes a process. */
  RUNC("io.gantry.timeout.runc.command", 30),
  /** One command of runc that asks, signals or changes something. */
  RUNC_QUERY("io.gantry.timeout.runc.query", 10);

  private final String key;
  private final Duration standard;

  TaskLimit(String key, int seconds) {
    this.key = key;
    this.standard = Duration.ofSeconds(seconds);
  }

  /** The key in the table {@code timeouts}. */
  public String key() {
    return key;
  }

  /** What holds where the configuration says nothing. */
  public Duration standard() {
    return standard;
  }

  /** What holds now. */
  public Duration in(TimeLimits limits) {
    return limits.of(key, standard);
  }
}
