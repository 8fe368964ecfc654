// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Waits for the end of any number of processes on one thread, each by its own pidfd, so it never
 * takes a child that somebody else waits for. Futures complete on that thread: what hangs on them
 * must be quick or go to another. Safe for concurrent use.
 */
public final class PidWatcher implements AutoCloseable {
  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int IN = 1;
  private static final int BATCH = 64;
  private static final boolean PACKED = System.getProperty("os.arch", "").equals("amd64");
  private static final int ENTRY = PACKED ? 12 : 16;
  private static final int DATA = PACKED ? 4 : 8;

  /**
   * How a process ended.
   *
   * @param status as {@link PidFd#reap} has it; empty if it was not a child of this process and the
   *     kernel does not say
   */
  public record End(int pid, OptionalInt status, Instant at) {}

  private record Watched(PidFd process, CompletableFuture<End> end) {}

  private final Fd epoll;
  private final EventFd stop;
  private final Thread thread;
  private final Map<Integer, Watched> watched = new ConcurrentHashMap<>();

  /** Starts the thread. */
  public PidWatcher() throws IOException {
    epoll = new Fd(LibC.check(LibC.epoll_create1(0x80000), "create epoll"));
    stop = new EventFd();
    add(stop.fd());
    thread = Thread.ofPlatform().name("exits").daemon().start(this::run);
  }

  /**
   * Watches a process, a child or not.
   *
   * @throws ErrnoException with {@link Errno#ESRCH} if there is none
   */
  public CompletableFuture<End> watch(int pid) throws IOException {
    return watch(PidFd.open(pid));
  }

  /**
   * Watches a process that may have ended already.
   *
   * @param process belongs to this object from now on
   */
  public CompletableFuture<End> watch(PidFd process) throws IOException {
    Watched entry = new Watched(process, new CompletableFuture<>());
    watched.put(process.fd().number(), entry);
    try {
      add(process.fd());
    } catch (IOException e) {
      watched.remove(process.fd().number());
      process.close();
      throw e;
    }
    return entry.end();
  }

  /** Whether a process of this number is being watched. */
  public boolean watches(int pid) {
    return watched.values().stream().anyMatch(entry -> entry.process().pid() == pid);
  }

  private void add(Fd fd) throws IOException {
    Memory event = LibC.memory(16);
    event.setInt(0, IN);
    event.setInt(DATA, fd.number());
    LibC.check(LibC.epoll_ctl(epoll.number(), CTL_ADD, fd.number(), event), "watch " + fd);
  }

  private void run() {
    Memory events = LibC.memory((long) ENTRY * BATCH);
    while (true) {
      int count = LibC.epoll_wait(epoll.number(), events, BATCH, -1);
      for (int i = 0; i < count; i++) {
        int fd = events.getInt((long) ENTRY * i + DATA);
        if (fd == stop.fd().number()) {
          release();
          return;
        }
        ended(fd);
      }
    }
  }

  private void ended(int fd) {
    Watched entry = watched.get(fd);
    if (entry == null) {
      return;
    }
    Instant now = Instant.now();
    OptionalInt status;
    try {
      var reaped = entry.process().reap();
      if (reaped.isEmpty()) {
        return;
      }
      status = OptionalInt.of(reaped.get());
    } catch (IOException e) {
      // not ours to wait for: the kernel may say how it ended all the same
      if (!hasEnded(entry.process())) {
        return;
      }
      status = entry.process().exitStatus().map(OptionalInt::of).orElse(OptionalInt.empty());
    }
    watched.remove(fd);
    LibC.epoll_ctl(epoll.number(), CTL_DEL, fd, LibC.memory(16));
    int pid = entry.process().pid();
    entry.process().close();
    entry.end().complete(new End(pid, status, now));
  }

  /**
   * Asks the process itself: an event may be of one before it under the same number, which is
   * reported for as long as a child that is being made has a copy of the descriptor.
   */
  private static boolean hasEnded(PidFd process) {
    try {
      return Poll.await(process.fd(), Poll.READABLE, Duration.ZERO) != 0;
    } catch (IOException e) {
      return true;
    }
  }

  private void release() {
    epoll.close();
    stop.close();
    for (Watched entry : watched.values()) {
      entry.process().close();
      entry.end().cancel(false);
    }
    watched.clear();
  }

  /** Waits until all futures are complete after a {@link #close}, and no exit is taken any more. */
  public void awaitClosed() throws InterruptedException {
    thread.join();
  }

  /** Stops watching; futures that are not complete are cancelled. */
  @Override
  public void close() {
    try {
      stop.raise();
    } catch (IOException e) {
      // closed before: nothing left to stop
      return;
    }
  }
}
