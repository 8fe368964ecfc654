// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.PidFd;
import gantry.linux.Winsize;
import gantry.runtime.Exit;
import gantry.runtime.TaskStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A process of a task: its init process or an exec. Safe for concurrent use. */
final class TaskProcess {
  private final String execId;
  private final StdioNames names;

  /**
   * Held while the process is made or started until that has been reported, and while its end is:
   * so no end is reported before its beginning.
   */
  private final ReentrantLock reporting = new ReentrantLock();

  private final CompletableFuture<Exit> exited = new CompletableFuture<>();
  private volatile Runnable less = () -> {};
  private TaskStatus status = TaskStatus.CREATED;
  private @Nullable PidFd handle;
  private @Nullable Streams streams;
  private @Nullable Exit exit;
  private int pid;

  TaskProcess(String execId, StdioNames names) {
    this.execId = execId;
    this.names = names;
  }

  /** Empty for the init process. */
  String execId() {
    return execId;
  }

  boolean isInit() {
    return execId.isEmpty();
  }

  StdioNames names() {
    return names;
  }

  ReentrantLock reporting() {
    return reporting;
  }

  /** Completes when it has ended and that was reported. */
  CompletableFuture<Exit> exited() {
    return exited;
  }

  synchronized TaskStatus status() {
    return status;
  }

  /** 0 while there is none. */
  synchronized int pid() {
    return pid;
  }

  synchronized Optional<Exit> exit() {
    return Optional.ofNullable(exit);
  }

  /** It exists now. */
  synchronized void exists(int number, @Nullable Streams opened) throws IOException {
    handle = PidFd.open(number);
    pid = number;
    streams = opened;
  }

  /** It existed before this process did, and may have ended meanwhile. */
  synchronized void inherit(@Nullable PidFd known, int number, Streams opened) {
    handle = known;
    pid = number;
    streams = opened;
  }

  /** The descriptors that must outlive this process, as far as they are open; owned here. */
  synchronized Map<Role, Fd> belongings() {
    Map<Role, Fd> all = new EnumMap<>(Role.class);
    if (streams != null) {
      all.putAll(streams.belongings());
    }
    if (handle != null) {
      all.put(Role.PROCESS, handle.fd());
    }
    return all;
  }

  /** What to run when there is less that belongs to it. */
  void whenLess(Runnable action) {
    less = action;
    Streams open = openStreams();
    if (open != null) {
      open.whenEnded(action);
    }
  }

  /** Stops what is done for its streams, and says what another needs to go on with it. */
  Legacy pause() throws InterruptedException {
    Streams open = openStreams();
    TerminalPump.Unwritten unwritten = open == null ? TerminalPump.Unwritten.NONE : open.pause();
    return new Legacy(belongings(), status(), open == null ? 0 : open.loggerPid(), unwritten);
  }

  /** Changes the status if it is the expected one. */
  synchronized boolean become(TaskStatus expected, TaskStatus next) {
    if (status != expected) {
      return false;
    }
    status = next;
    return true;
  }

  /** It has ended; the first call counts. */
  synchronized void ended(Exit how) {
    if (exit == null) {
      exit = how;
      status = TaskStatus.STOPPED;
    }
    if (handle != null) {
      handle.close();
      handle = null;
    }
  }

  synchronized void signal(int number) throws IOException {
    if (handle != null) {
      handle.signal(number);
    }
  }

  /** A second descriptor of its handle, readable once it has ended. */
  synchronized Fd handle() throws IOException {
    if (handle == null) {
      throw new IOException("process " + execId + " is not known by a handle");
    }
    return handle.fd().duplicate();
  }

  void resize(Winsize size) throws IOException {
    Streams open = openStreams();
    if (open != null) {
      open.resize(size);
    }
  }

  void closeInput() {
    Streams open = openStreams();
    if (open != null) {
      open.closeInput();
      less.run();
    }
  }

  /** Waits for the rest of the output, then lets go of the streams. */
  boolean release(Duration longest) throws IOException, InterruptedException {
    Streams open = openStreams();
    if (open == null) {
      return true;
    }
    boolean complete = open.drain(longest);
    open.close();
    less.run();
    return complete;
  }

  private synchronized @Nullable Streams openStreams() {
    return streams;
  }
}
