// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.plugins.Contract;
import gantry.typed.TypedValue;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks in one way. Published with the service property {@code runtime}: the names it serves,
 * for example {@code io.containerd.runc.v2}. It knows nothing of container records; the {@code
 * TaskManager} prepares the bundle and calls it. Tasks are named by namespace and id. Every method
 * throws {@link gantry.errors.NotFoundException} for one that does not exist and {@link
 * gantry.errors.UnavailableException} if what runs them does not answer. Safe for concurrent use.
 */
@Contract
public interface TaskRuntime {
  /** Service property with the names of the runtimes it serves. */
  String RUNTIME_PROPERTY = "runtime";

  /** Stands among the names for all that no other runtime serves. */
  String ANY = "*";

  /**
   * Service property with names a runtime for {@link #ANY} does not serve, also while nobody else
   * does.
   */
  String EXCEPT_PROPERTY = "runtime.except";

  /** The name of a task. */
  record TaskName(String namespace, String id) {}

  /**
   * Makes the init process in a bundle that has its {@code config.json}; mounts {@code
   * request.rootfs()} first. After a failure nothing of it is left but the bundle.
   *
   * @return its pid
   */
  int create(Bundle bundle, CreateTask request);

  /**
   * What it is doing to a task whose creation has not ended, and since when, in a few words.
   *
   * @return empty if it does not say
   */
  default String stage(TaskName task) {
    return "";
  }

  /** Starts a process; returns its pid. */
  int start(TaskName task, String execId);

  /** Deletes a stopped process; for the init process also unmounts the root filesystem. */
  Exit delete(TaskName task, String execId);

  /** The state of a process. */
  ProcessState state(TaskName task, String execId);

  /** Sends a signal. */
  void kill(TaskName task, String execId, int signal, boolean all);

  /** Declares a further process. */
  void exec(TaskName task, String execId, ProcessIo io, TypedValue spec);

  /** Sets the size of a terminal in characters. */
  void resize(TaskName task, String execId, int width, int height);

  /** Closes the write end of the input. */
  void closeStdin(TaskName task, String execId);

  /** Freezes all processes. */
  void pause(TaskName task);

  /** Thaws all processes. */
  void resume(TaskName task);

  /** All processes in the task. */
  List<ProcessDetails> pids(TaskName task);

  /** Writes the state of all processes to a directory. */
  void checkpoint(TaskName task, String path, @Nullable TypedValue options);

  /** Changes limits. */
  void update(TaskName task, TypedValue resources, Map<String, String> annotations);

  /** What the task consumes. */
  TypedValue stats(TaskName task);

  /** Blocks until the process has stopped. */
  Exit await(TaskName task, String execId) throws InterruptedException;

  /**
   * Removes whatever is left of a task whose bundle exists but whose task this runtime does not
   * know: after a crash or a reboot.
   *
   * @return how its init process ended, as far as that is known
   */
  Exit cleanup(Bundle bundle);
}
