// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import containerd.task.v3.CreateTaskRequest;
import gantry.errors.AlreadyExistsException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.NotFoundException;
import gantry.linux.OomEvents;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known of one container: its processes, where it lives and what runs it. */
final class Task {
  private static final Logger LOG = LoggerFactory.getLogger(Task.class);

  private final TaskKey key;
  private final CreateTaskRequest request;
  private final Runc runc;
  private final TaskProcess init;

  /** Held by whatever changes the container, for as long as the runtime takes. */
  private final ReentrantLock operation = new ReentrantLock();

  private final Map<String, TaskProcess> execs = new LinkedHashMap<>();
  private final List<TaskProcess> live = new ArrayList<>();
  private boolean initGone;
  private @Nullable Cgroup cgroup;
  private @Nullable ContainerSpec spec;
  private OomEvents.@Nullable Watch watch;
  private long oomNotices;
  private long oomReported;

  Task(TaskKey key, CreateTaskRequest request, Runc runc) {
    this.key = key;
    this.request = request;
    this.runc = runc;
    this.init =
        new TaskProcess(
            "",
            new StdioNames(
                request.getStdin(),
                request.getStdout(),
                request.getStderr(),
                request.getTerminal()));
  }

  TaskKey key() {
    return key;
  }

  CreateTaskRequest request() {
    return request;
  }

  Runc runc() {
    return runc;
  }

  TaskProcess init() {
    return init;
  }

  ReentrantLock operation() {
    return operation;
  }

  Path bundle() {
    return Path.of(request.getBundle());
  }

  Path rootfs() {
    return bundle().resolve("rootfs");
  }

  Path pidFile() {
    return bundle().resolve("init.pid");
  }

  /** A process by its exec id, which is empty for the init process. */
  TaskProcess process(String execId) {
    if (execId.isEmpty()) {
      return init;
    }
    synchronized (execs) {
      TaskProcess exec = execs.get(execId);
      if (exec == null) {
        throw new NotFoundException("process does not exist " + execId);
      }
      return exec;
    }
  }

  /** All execs that were not deleted. */
  List<TaskProcess> execs() {
    synchronized (execs) {
      return List.copyOf(execs.values());
    }
  }

  void addExec(TaskProcess exec) {
    synchronized (execs) {
      if (execs.putIfAbsent(exec.execId(), exec) != null) {
        throw new AlreadyExistsException("id " + exec.execId());
      }
    }
  }

  void removeExec(TaskProcess exec) {
    synchronized (execs) {
      execs.remove(exec.execId(), exec);
    }
  }

  /** From here on the exec counts as one that the end of the task has to wait for. */
  void starting(TaskProcess exec) {
    synchronized (execs) {
      if (initGone) {
        throw new FailedPreconditionException(
            "container " + key.id() + " init process is not running");
      }
      live.add(exec);
    }
  }

  /** It does not count any more. */
  void gone(TaskProcess exec) {
    synchronized (execs) {
      live.remove(exec);
    }
  }

  /** No exec starts any more; those that are not at their end are returned. */
  List<TaskProcess> initGone() {
    synchronized (execs) {
      initGone = true;
      if (watch != null) {
        // what it still has to tell is counted
        watch.close();
        watch = null;
      }
      return List.copyOf(live);
    }
  }

  /** The status of a process; a frozen container freezes all of them. */
  TaskStatus status(TaskProcess process) {
    TaskStatus container = init.status();
    boolean frozen = container == TaskStatus.PAUSED || container == TaskStatus.PAUSING;
    return frozen ? container : process.status();
  }

  /** Remembers the control group, which cannot be asked for once the process has ended. */
  void findCgroup(int pid, CgroupMounts mounts) {
    try {
      Cgroup found = Cgroup.of(pid, mounts);
      synchronized (execs) {
        cgroup = found;
        oomNotices = found.oomKills();
        oomReported = oomNotices;
      }
    } catch (IOException e) {
      LOG.warn("control group of {} not found, it has no metrics", key, e);
    }
  }

  Optional<Cgroup> cgroup() {
    synchronized (execs) {
      return Optional.ofNullable(cgroup);
    }
  }

  /** What tells when it is short of memory, until the init process has ended. */
  void watched(OomEvents.Watch tells) {
    synchronized (execs) {
      if (!initGone) {
        watch = tells;
        return;
      }
    }
    tells.close();
  }

  /** Whether the kernel has killed something for want of memory that was not reported. */
  boolean ranOutOfMemory() {
    synchronized (execs) {
      if (cgroup == null) {
        return false;
      }
      try {
        return reported(cgroup.oomKills());
      } catch (IOException e) {
        LOG.debug("control group of {} not readable", key, e);
        return false;
      }
    }
  }

  /**
   * As {@link #ranOutOfMemory()}, when the kernel says so before it kills.
   *
   * @param times how often since the last time
   */
  boolean runsOutOfMemory(long times) {
    synchronized (execs) {
      oomNotices += times;
      return reported(oomNotices);
    }
  }

  private boolean reported(long kills) {
    boolean more = kills > oomReported;
    oomReported = Math.max(oomReported, kills);
    return more;
  }

  /** What it was made from. */
  ContainerSpec spec() {
    synchronized (execs) {
      if (spec == null) {
        spec = readSpec();
      }
      return spec;
    }
  }

  private ContainerSpec readSpec() {
    try {
      return ContainerSpec.read(bundle());
    } catch (IOException e) {
      LOG.warn("configuration of {} not readable, nothing is taken for granted", key, e);
      return ContainerSpec.UNKNOWN;
    }
  }

  Shortcut shortcut() {
    return new Shortcut(this);
  }
}
