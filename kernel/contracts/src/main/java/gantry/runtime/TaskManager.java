// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.filters.Filter;
import gantry.metadata.Caller;
import gantry.names.Namespace;
import gantry.oci.Descriptor;
import gantry.plugins.Contract;
import gantry.typed.TypedValue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All tasks of all namespaces, whichever runtime runs them. An exec id that is empty means the init
 * process. Every method throws {@link gantry.errors.NotFoundException} for a task or process that
 * does not exist. Safe for concurrent use.
 */
@Contract
public interface TaskManager {
  /**
   * Makes a task of a container: its bundle, its mounts and its init process, which does not run
   * yet.
   *
   * @return pid of the init process
   * @throws gantry.errors.NotFoundException if there is no such container
   * @throws gantry.errors.AlreadyExistsException if it has a task
   */
  int create(Namespace namespace, CreateTask request);

  /**
   * As {@link #create(Namespace, CreateTask)}, for a caller that waits so long and no longer. The
   * creation goes on when its caller has left: who asks for the same meanwhile takes it over; if
   * nobody does, the task is removed as soon as it is made.
   *
   * @throws gantry.errors.DeadlineExceededException if the caller's time is over before; the
   *     message says what the creation is at and since when
   */
  default int create(Namespace namespace, CreateTask request, Duration patience) {
    return create(namespace, request);
  }

  /** Starts a process; returns its pid. */
  int start(Namespace namespace, String id, String execId);

  /** Deletes a stopped task with all that belongs to it. */
  Exit delete(Namespace namespace, String id);

  /** Deletes a stopped exec. */
  Exit deleteProcess(Namespace namespace, String id, String execId);

  /**
   * The state of a process.
   *
   * @throws gantry.errors.NotFoundException {@code task x not found}
   */
  ProcessState get(Namespace namespace, String id, String execId);

  /** The init processes of all tasks; status {@code UNKNOWN} where the runtime does not answer. */
  List<ProcessState> list(Namespace namespace);

  /** Sends a signal to a process, or to all of the task's. */
  void kill(Namespace namespace, String id, String execId, int signal, boolean all);

  /**
   * Declares a further process; it does not run yet.
   *
   * @param spec OCI process, JSON
   * @throws gantry.errors.AlreadyExistsException if the exec id is in use
   */
  void exec(Namespace namespace, String id, String execId, ProcessIo io, TypedValue spec);

  /** Sets the size of a process's terminal in characters. */
  void resize(Namespace namespace, String id, String execId, int width, int height);

  /** Closes the write end of a process's input that the runtime holds. */
  void closeStdin(Namespace namespace, String id, String execId);

  /** Freezes all processes. */
  void pause(Namespace namespace, String id);

  /** Thaws all processes. */
  void resume(Namespace namespace, String id);

  /** All processes in the task. */
  List<ProcessDetails> pids(Namespace namespace, String id);

  /**
   * Writes the state of all processes to the content store, on behalf of a caller whose lease keeps
   * the blobs.
   *
   * @param options {@code containerd.runc.v1.CheckpointOptions}, or null; with an image path in
   *     them the state stays there as files
   * @return the archive of the state and the specification; none if it stays in a directory
   */
  List<Descriptor> checkpoint(
      Caller caller, String id, @Nullable Descriptor parent, @Nullable TypedValue options);

  /**
   * Changes limits.
   *
   * @param resources OCI resources, JSON
   */
  void update(
      Namespace namespace, String id, TypedValue resources, Map<String, String> annotations);

  /** What the tasks consume that the filter matches by {@code id} and {@code namespace}. */
  List<TaskMetric> metrics(Namespace namespace, Filter filter);

  /** Blocks until the process has stopped; also answers for one that has, until it is deleted. */
  Exit await(Namespace namespace, String id, String execId) throws InterruptedException;

  /**
   * Told by a runtime that what ran a task has died: the rest of the task is cleaned up and its end
   * is published, in the background. No effect on a task its runtime knows.
   */
  default void lost(Namespace namespace, String id) {
    // who keeps no bundles has nothing to clean up
  }
}
