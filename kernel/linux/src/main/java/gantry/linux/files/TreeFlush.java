// SPDX-License-Identifier: Apache-2.0
package gantry.linux.files;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.linux.PlatformThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes trees of one filesystem durable, at the lower of two prices: a small tree file by file, so
 * that it does not pay for what others have written; a large one by writing out the filesystem,
 * which is one request to the disk instead of thousands. Those who ask for the latter at the same
 * time share it. Safe for concurrent use; holds no lock while it waits for the disk.
 */
public final class TreeFlush {
  /** Below this many inodes, file by file is cheaper. */
  private static final int SMALL = 16;

  private static final Duration LONGEST = Duration.ofMinutes(10);

  /** Times of files are those of the last tick of the kernel's clock. */
  private static final Duration TICK = Duration.ofMillis(20);

  /** More than any clock is slewed between two looks, less than one is set. */
  private static final Duration STEP = Duration.ofMillis(500);

  private final Path base;
  private final PlatformThread.Action filesystem;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean running;
  private long started;
  private long finished;

  /** When the last that finished began, by both clocks: all that is older is on the disk. */
  private Moment covered = new Moment(Instant.MIN, 0);

  private record Moment(Instant time, long nanos) {
    static Moment now() {
      return new Moment(Instant.now(), System.nanoTime());
    }

    /** Whether nobody has set the clock since. */
    boolean isComparable() {
      Duration passed = Duration.ofNanos(System.nanoTime() - nanos);
      return Duration.between(time.plus(passed), Instant.now()).abs().compareTo(STEP) < 0;
    }
  }

  /** Takes a directory that is durable already; all trees are below it. */
  public TreeFlush(Path base) {
    this(base, () -> Syncs.syncfs(base));
  }

  TreeFlush(Path base, PlatformThread.Action filesystem) {
    this.base = base;
    this.filesystem = filesystem;
  }

  /**
   * Returns when everything in a tree is on the disk, and the names that lead to it from the base.
   *
   * @param inodes how many it has, about
   */
  public void flush(Path tree, long inodes) throws IOException {
    if (inodes < SMALL) {
      PlatformThread.run("flush", () -> flushFiles(tree));
    } else {
      flushFilesystem();
    }
  }

  /**
   * As {@link #flush(Path, long)}, but does nothing if the filesystem has been written out since
   * the tree changed: so of trees that are flushed one after another, but were made side by side,
   * one pays for all.
   *
   * @param usage of the tree, measured after its last change
   */
  public void flush(Path tree, DiskUsage usage) throws IOException {
    if (!isCovered(usage.changed())) {
      flush(tree, usage.inodes());
    }
  }

  private boolean isCovered(Instant changed) {
    lock.lock();
    try {
      return !covered.time().equals(Instant.MIN)
          && changed.plus(TICK).isBefore(covered.time())
          && covered.isComparable();
    } finally {
      lock.unlock();
    }
  }

  private void flushFiles(Path tree) throws IOException {
    try (Directory root = Directory.open(tree)) {
      TreeWalk.walk(root, new Syncing());
      root.sync();
    }
    for (Path above = tree.getParent();
        above != null && above.startsWith(base) && !above.equals(base);
        above = above.getParent()) {
      Syncs.fsync(above);
    }
  }

  private void flushFilesystem() throws IOException {
    lock.lock();
    try {
      // One that is running may have passed by what we wrote last: ours is the next to start.
      long wanted = started + 1;
      long end = System.nanoTime() + LONGEST.toNanos();
      while (finished < wanted) {
        if (running) {
          await(end);
        } else {
          run();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void run() throws IOException {
    running = true;
    long mine = ++started;
    Moment begun = Moment.now();
    boolean done = false;
    lock.unlock();
    try {
      PlatformThread.run("flush", filesystem);
      done = true;
    } finally {
      lock.lock();
      running = false;
      finished = done ? mine : finished;
      covered = done ? begun : covered;
      changed.signalAll();
    }
  }

  @SuppressWarnings("WaitNotInLoop") // the caller loops
  private void await(long end) {
    try {
      long left = end - System.nanoTime();
      if (left <= 0 || !changed.await(left, TimeUnit.NANOSECONDS)) {
        throw new DeadlineExceededException(
            "write out %s: the disk took longer than %s".formatted(base, LONGEST));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("write out %s: canceled".formatted(base), e);
    }
  }

  private static final class Syncing implements TreeWalk.Visitor {
    @Override
    public boolean enter(Directory parent, String name) throws IOException {
      FileStat stat = parent.stat(name);
      if (stat.isRegular()) {
        try (OpenFile file = parent.read(name)) {
          file.sync();
        }
      }
      return stat.isDirectory();
    }

    @Override
    public void leave(Directory parent, String name) throws IOException {
      try (Directory directory = parent.child(name)) {
        directory.sync();
      }
    }
  }
}
