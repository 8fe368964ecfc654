// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.EventFd;
import gantry.linux.Fd;
import gantry.linux.Fifos;
import gantry.linux.Open;
import gantry.linux.Poll;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what shims write to the pipes in their bundles, all in one thread, and passes it on to the
 * daemon's log. A shim finds a reader as long as its pipe is open here, and nobody reads its log
 * while the daemon is away. Safe for concurrent use.
 */
final class ShimLogs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ShimLogs.class);
  private static final Duration FOREVER = Duration.ofSeconds(-1);

  private final Map<Path, Tail> open = new ConcurrentHashMap<>();
  private @Nullable EventFd changed;
  private volatile boolean closed;

  private record Tail(Fd fd, LogLines lines) {}

  /** Reads a pipe from now on, made if it is not there. */
  void open(String task, Path fifo) {
    try {
      if (!Fifos.is(fifo)) {
        Fifos.create(fifo, 0700);
      }
      // Also for writing, so that it does not end with the last writer.
      Fd fd = Fd.open(fifo, Open.READ_WRITE, Open.NONBLOCK);
      Tail before = open.put(fifo, new Tail(fd, new LogLines(task)));
      if (before != null) {
        before.fd().close();
      }
      begin().raise();
    } catch (IOException e) {
      LOG.warn("read log of the shim of task {}: it is lost: {}", task, e.getMessage());
    }
  }

  /** Without a shim there is no thread, and no native call slows down the start of the daemon. */
  private synchronized EventFd begin() throws IOException {
    EventFd flag = changed;
    if (flag == null) {
      flag = new EventFd();
      changed = flag;
      EventFd begun = flag;
      Thread.ofPlatform().name("shim-logs").daemon().start(() -> readAll(begun));
    }
    return flag;
  }

  /** Reads it no more. Idempotent. */
  void close(Path fifo) {
    Tail tail = open.remove(fifo);
    if (tail != null) {
      read(tail);
      tail.fd().close();
      wake();
    }
  }

  private synchronized void wake() {
    try {
      if (changed != null) {
        changed.raise();
      }
    } catch (IOException e) {
      LOG.debug("reader of logs is gone", e);
    }
  }

  private void readAll(EventFd flag) {
    try (flag) {
      while (!closed) {
        flag.lower();
        readReady(flag, List.copyOf(open.values()));
      }
    } catch (IOException e) {
      LOG.error("logs of shims are read no more", e);
    }
  }

  private static void readReady(EventFd flag, List<Tail> tails) throws IOException {
    List<Poll.Interest> interests = new ArrayList<>();
    interests.add(new Poll.Interest(flag.fd(), Poll.READABLE));
    tails.forEach(tail -> interests.add(new Poll.Interest(tail.fd(), Poll.READABLE)));
    int[] ready;
    try {
      ready = Poll.await(interests, FOREVER);
    } catch (ClosedChannelException closedMeanwhile) {
      return;
    }
    for (int i = 0; i < tails.size(); i++) {
      if (ready[i + 1] != 0) {
        read(tails.get(i));
      }
    }
  }

  private static void read(Tail tail) {
    byte[] buffer = new byte[1 << 13];
    synchronized (tail.lines()) {
      try {
        int count = tail.fd().read(buffer, 0, buffer.length);
        if (count > 0) {
          tail.lines().add(buffer, count);
        }
      } catch (ErrnoException e) {
        if (!e.is(Errno.EAGAIN)) {
          LOG.debug("read log of a shim", e);
        }
      } catch (IOException e) {
        LOG.debug("read log of a shim", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    List.copyOf(open.keySet()).forEach(this::close);
    wake();
  }
}
