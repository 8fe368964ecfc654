// SPDX-License-Identifier: Apache-2.0
package gantry.linux;

import com.sun.jna.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells when the kernel runs out of memory in control groups, any number of them on one thread: in
 * version 1 by an {@code eventfd} for each that {@code cgroup.event_control} is given, in version 2
 * by one {@code inotify} that looks at every {@code memory.events}. Who is told is told on that
 * thread and must be quick. Safe for concurrent use.
 */
public final class OomEvents implements AutoCloseable {
  private static final int CTL_ADD = 1;
  private static final int IN = 1;
  private static final int BATCH = 16;
  private static final boolean PACKED = System.getProperty("os.arch", "").equals("amd64");
  private static final int ENTRY = PACKED ? 12 : 16;
  private static final int DATA = PACKED ? 4 : 8;
  private static final int STACK = 128 * 1024;

  private final Fd epoll;
  private final EventFd stop;
  private final Map<Integer, Legacy> legacy = new ConcurrentHashMap<>();
  private final Map<Integer, Runnable> files = new ConcurrentHashMap<>();
  private @Nullable Inotify inotify;
  private boolean started;

  private record Legacy(EventFd flag, Path directory, LongConsumer told) {}

  /** A control group that is being watched. */
  @FunctionalInterface
  public interface Watch extends AutoCloseable {
    /** Watches it no more. Idempotent. */
    @Override
    void close();
  }

  /** Makes one that watches nothing; its thread begins with the first control group. */
  public OomEvents() throws IOException {
    epoll = new Fd(LibC.check(LibC.epoll_create1(0x80000), "create epoll"));
    stop = new EventFd();
    add(stop.fd());
  }

  /**
   * Watches a control group of version 1. It is told before the kernel has killed.
   *
   * @param directory of the controller {@code memory}
   * @param told how often it was since the last time
   */
  public Watch watchLegacy(Path directory, LongConsumer told) throws IOException {
    EventFd flag = new EventFd();
    legacy.put(flag.fd().number(), new Legacy(flag, directory, told));
    Watch watch = () -> forget(flag);
    try (Fd control = Fd.open(directory.resolve("memory.oom_control"), Open.READ);
        Fd registry = Fd.open(directory.resolve("cgroup.event_control"), Open.WRITE)) {
      String line = flag.fd().number() + " " + control.number();
      byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
      registry.write(bytes, 0, bytes.length);
      add(flag.fd());
      start();
      return watch;
    } catch (IOException e) {
      watch.close();
      throw e;
    }
  }

  /**
   * Watches the {@code memory.events} of a control group of version 2, which the kernel changes
   * when it has killed, and at other occasions too.
   */
  public Watch watchUnified(Path file, Runnable told) throws IOException {
    Inotify watcher = inotify();
    int number = watcher.add(file);
    files.put(number, told);
    start();
    return () -> {
      if (files.remove(number) != null) {
        watcher.remove(number);
      }
    };
  }

  private synchronized Inotify inotify() throws IOException {
    Inotify existing = inotify;
    if (existing == null) {
      existing = new Inotify();
      inotify = existing;
      add(existing.fd());
    }
    return existing;
  }

  private synchronized void start() {
    if (!started) {
      started = true;
      Thread.ofPlatform().name("out-of-memory").stackSize(STACK).daemon().start(this::run);
    }
  }

  private void forget(EventFd flag) {
    Legacy known = legacy.get(flag.fd().number());
    if (known != null && known.flag() == flag && legacy.remove(flag.fd().number(), known)) {
      flag.close();
    }
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
        happened(fd);
      }
    }
  }

  private void happened(int fd) {
    Legacy group = legacy.get(fd);
    if (group != null) {
      happened(group);
      return;
    }
    Inotify watcher;
    synchronized (this) {
      watcher = inotify;
    }
    if (watcher != null && watcher.fd().number() == fd) {
      for (int number : watcher.read()) {
        Runnable told = files.get(number);
        if (told != null) {
          told.run();
        }
      }
    }
  }

  /** The kernel also says so when the group is removed. */
  private void happened(Legacy group) {
    long count = count(group.flag());
    if (!Files.exists(group.directory())) {
      forget(group.flag());
    } else if (count > 0) {
      group.told().accept(count);
    }
  }

  private static long count(EventFd flag) {
    byte[] bytes = new byte[Long.BYTES];
    try {
      int read = flag.fd().read(bytes, 0, bytes.length);
      return read < bytes.length
          ? 0
          : ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).getLong();
    } catch (IOException e) {
      // closed meanwhile: nobody wants to know any more
      return 0;
    }
  }

  private void release() {
    legacy.values().forEach(group -> forget(group.flag()));
    synchronized (this) {
      if (inotify != null) {
        inotify.close();
      }
    }
    epoll.close();
    stop.close();
  }

  /** Ends the thread, and watches nothing any more. */
  @Override
  public void close() throws IOException {
    boolean running;
    synchronized (this) {
      running = started;
      started = true;
    }
    if (running) {
      stop.raise();
    } else {
      release();
    }
  }
}
