// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.PidFd;
import gantry.linux.PidWatcher;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away dead processes that became children of this one because their parents died first, as
 * happens in containers without a process namespace of their own. One is only taken if it was dead
 * at two looks in a row and nobody watches it: so never the child of somebody who is about to ask.
 */
final class Orphans implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private final PidWatcher exits;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Set<Integer> deadBefore = Set.of();

  /** Looks once in a while, until closed. */
  Orphans(PidWatcher exits) {
    this.exits = exits;
    Thread.ofVirtual().name("orphans").start(this::run);
  }

  private void run() {
    try {
      while (!closed.await(INTERVAL.toSeconds(), TimeUnit.SECONDS)) {
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Looks once. */
  synchronized void look() {
    Set<Integer> dead = new HashSet<>();
    try {
      for (int pid : children()) {
        if (isDead(pid) && !exits.watches(pid)) {
          dead.add(pid);
        }
      }
      for (int pid : dead) {
        if (deadBefore.contains(pid)) {
          reap(pid);
        }
      }
    } catch (IOException e) {
      LOG.warn("orphans not cleared away", e);
    }
    deadBefore = dead;
  }

  private static void reap(int pid) throws IOException {
    try (PidFd process = PidFd.open(pid)) {
      process.reap();
    } catch (ErrnoException e) {
      if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
        throw e;
      }
    }
  }

  private static Set<Integer> children() throws IOException {
    Set<Integer> pids = new HashSet<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        for (String word : read(thread.resolve("children")).strip().split(" ", -1)) {
          if (!word.isEmpty()) {
            pids.add(Integer.parseInt(word));
          }
        }
      }
    }
    return pids;
  }

  private static boolean isDead(int pid) throws IOException {
    String stat = read(Path.of("/proc/" + pid + "/stat"));
    int name = stat.lastIndexOf(')');
    return name >= 0 && stat.startsWith(") Z", name);
  }

  private static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      // it ended meanwhile
      return "";
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
