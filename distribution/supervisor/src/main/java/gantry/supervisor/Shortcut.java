// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.NotFoundException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.Fd;
import gantry.linux.Open;
import gantry.linux.PlatformThread;
import gantry.linux.Poll;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts, signals and removes a plain container as runc does, without the process that runc would
 * be for it: that costs ten times what it does. Whatever is not plain is left to runc, and so are
 * failures, of which it has more to say.
 *
 * <p>What is known of runc, 1.0 and later: the init process waits until somebody opens {@code
 * exec.fifo} beside {@code state.json} for reading, writes a byte there and becomes the program;
 * the file is removed then, and as long as it exists the container counts as created. A deletion
 * removes the control groups, then the directory.
 */
final class Shortcut {
  private static final Logger LOG = LoggerFactory.getLogger(Shortcut.class);
  private static final String RUNC = "runc";
  private static final String GATE = "exec.fifo";

  /** The init process before it becomes the program. */
  private static final String WAITING = "runc:[";

  /** For an init process that has its turn; longer waits are not for a virtual thread. */
  private static final Duration PROMPT = Duration.ofMillis(5);

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Task task;
  private final Path directory;

  Shortcut(Task task) {
    this.task = task;
    this.directory = task.runc().root().resolve(task.key().id());
  }

  /**
   * Has the init process become the program.
   *
   * @return false if nothing was done
   */
  boolean start() throws IOException {
    if (!isRunc() || task.spec().hooksAtStart()) {
      return false;
    }
    try (Fd gate = Fd.open(directory.resolve(GATE), Open.READ, Open.NONBLOCK);
        Fd init = task.init().handle()) {
      if (!opens(gate, init, PROMPT)
          && !PlatformThread.call("start", () -> opens(gate, init, LIMIT))) {
        return false;
      }
    } catch (ErrnoException e) {
      LOG.debug("{} is started by the runtime: {}", task.key(), e.getMessage());
      return false;
    }
    Files.deleteIfExists(directory.resolve(GATE));
    return true;
  }

  /** Whether the byte has come; it has not if the process ends before. */
  private static boolean opens(Fd gate, Fd init, Duration limit) throws IOException {
    Poll.await(
        List.of(new Poll.Interest(gate, Poll.READABLE), new Poll.Interest(init, Poll.READABLE)),
        limit);
    try {
      return gate.read(new byte[1], 0, 1) == 1;
    } catch (ErrnoException e) {
      if (e.is(Errno.EAGAIN)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Whether a container that runc takes for created has become its program, which is so when a
   * start was cut short after its gate opened. It is not taken for created any more then.
   */
  boolean hasPassed(int pid) throws IOException {
    if (!isRunc() || Files.readString(Path.of("/proc/" + pid + "/comm")).startsWith(WAITING)) {
      return false;
    }
    Files.deleteIfExists(directory.resolve(GATE));
    return true;
  }

  /**
   * Signals the init process.
   *
   * @return false if nothing was done
   * @throws NotFoundException if it has ended
   */
  boolean kill(int signal) throws IOException {
    if (!isRunc() || !task.spec().ownPids()) {
      return false;
    }
    try {
      task.init().signal(signal);
      return true;
    } catch (ErrnoException e) {
      if (e.is(Errno.ESRCH)) {
        throw new NotFoundException("process already finished", e);
      }
      return false;
    }
  }

  /**
   * Removes what runc has of a container that has ended, and its control groups.
   *
   * @return false if something of it may be left
   */
  boolean delete() {
    ContainerSpec spec = task.spec();
    if (!isRunc() || !spec.ownPids() || spec.hooksAtEnd() || spec.cache()) {
      return false;
    }
    String name = spec.cgroup().isEmpty() ? task.key().id() : spec.cgroup();
    try {
      return task.cgroup().isPresent() && task.cgroup().get().remove(name) && forget();
    } catch (IOException e) {
      LOG.debug("{} is deleted by the runtime: {}", task.key(), e.toString());
      return false;
    }
  }

  private boolean forget() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return true;
    }
    Files.deleteIfExists(directory);
    return true;
  }

  /** Another name may stand for a program that does more. */
  private boolean isRunc() {
    return task.runc().name().equals(RUNC) && !task.runc().usesSystemd();
  }
}
