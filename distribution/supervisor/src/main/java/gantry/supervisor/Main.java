// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.InvalidArgumentException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.Flock;
import gantry.linux.PidWatcher;
import gantry.linux.Processes;
import gantry.linux.UnixListener;
import gantry.linux.keeper.Keeper;
import gantry.linux.keeper.KeptSocket;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Starts the supervisor. Prints one line, {@code ready}, when it serves calls. */
public final class Main {
  private static final String HAND_OVER = "--hand-over";
  private static final int BACKLOG = 256;

  /** Property: how long the sockets of a daemon that is gone are kept for the next. */
  private static final String KEPT = "gantry.supervisor.kept";

  private Main() {}

  /** Runs until it is not needed any more, see {@link Ending}. */
  public static void main(String[] words) throws Exception {
    if (words.length == 4 && words[0].equals("delete")) {
      System.exit(DeleteCommand.run(Path.of(words[1]), words[2], words[3], System.out));
    }
    if (words.length == 1 && words[0].equals(SuccessorCheck.ARGUMENT)) {
      check();
      return;
    }
    Arguments arguments;
    try {
      arguments = Arguments.parse(words);
    } catch (InvalidArgumentException e) {
      System.err.println("gantry-supervisor: " + e.getMessage() + "\n" + Arguments.USAGE);
      System.exit(2);
      return;
    }
    Directories.make(arguments.state());
    @Nullable HandOver before =
        arguments.handOver() == null ? null : new HandOverFile(arguments.handOver()).take();
    Optional<Flock> lock =
        before == null
            ? Flock.tryLock(arguments.state().resolve("lock"))
            : Optional.of(before.lock());
    if (lock.isEmpty()) {
      System.err.println(
          "gantry-supervisor: another one runs with the state directory " + arguments.state());
      System.exit(1);
      return;
    }
    detach();
    OwnCgroup group = new OwnCgroup(arguments.cgroup());
    group.enter();
    run(arguments, List.of(words), lock.get(), before);
    group.leave();
    System.exit(0);
  }

  /** Loads what a start needs and says so. */
  private static void check() throws Exception {
    try (PidWatcher exits = new PidWatcher()) {
      for (Class<?> needed : List.of(Serving.class, HandOverFile.class, TaskService.class)) {
        Class.forName(needed.getName());
      }
      System.out.println(SuccessorCheck.answer(OwnStatus.version()));
      assert exits != null;
    }
  }

  private static void run(
      Arguments arguments, List<String> words, Flock lock, @Nullable HandOver inherited)
      throws Exception {
    @Nullable HandOver before = inherited;
    List<String> own = withoutHandOver(words);
    Replacement replacement = new Replacement();
    @Nullable Keeper keeper =
        keeper(arguments.keeper(), before == null ? List.of() : before.kept());
    UnixListener listener = before == null ? listen(arguments.socket()) : before.listener();
    Serving serving = new Serving(arguments, own, lock, listener, replacement);
    while (true) {
      Optional<HandOver> left = serving.run(before);
      if (left.isEmpty()) {
        break;
      }
      before = keeper == null ? left.get() : left.get().with(keeper.handOver());
      if (keeper != null) {
        keeper.close();
      }
      replacement.failed(become(arguments.state().resolve("hand-over"), before, replacement));
      keeper = keeper(arguments.keeper(), before.kept());
    }
    Files.deleteIfExists(arguments.socket());
    listener.close();
    // Another may start from now on; this one only has the sockets until the next daemon has them.
    lock.close();
    if (keeper != null) {
      keeper.awaitRelief();
      keeper.close();
    }
  }

  /** Returns only if that fails, with the reason. */
  private static String become(Path file, HandOver left, Replacement replacement)
      throws IOException {
    Replacement.Wish wish = replacement.wish().orElseThrow();
    try {
      new HandOverFile(file).write(left);
      left.keep();
      List<String> words = new ArrayList<>(withoutHandOver(wish.arguments()));
      words.addAll(List.of(HAND_OVER, file.toString()));
      Processes.become(wish.program(), words, System.getenv());
      throw new IOException("it returned");
    } catch (IOException e) {
      left.guard();
      Files.deleteIfExists(file);
      return "upgrade supervisor: %s; the old version goes on".formatted(e.getMessage());
    }
  }

  private static List<String> withoutHandOver(List<String> words) {
    List<String> left = new ArrayList<>(words);
    int at = left.indexOf(HAND_OVER);
    if (at >= 0) {
      left.subList(at, Math.min(at + 2, left.size())).clear();
    }
    return left;
  }

  /** Listens with mode 0600; what a process that is gone left is replaced. */
  private static UnixListener listen(Path path) throws IOException {
    if (Files.exists(path)) {
      if (UnixListener.owner(path).isPresent()) {
        throw new BindException("listen on " + path + ": another process does");
      }
      Files.delete(path);
    }
    UnixListener listener = UnixListener.bind(path, BACKLOG);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    return listener;
  }

  /** Without one clients cannot connect while the daemon restarts, but containers do not care. */
  private static @Nullable Keeper keeper(@Nullable Path path, List<KeptSocket> before) {
    if (path == null) {
      return null;
    }
    try {
      return new Keeper(path, Duration.parse(System.getProperty(KEPT, "PT1M")), before);
    } catch (IOException e) {
      System.err.println("gantry-supervisor: sockets are not kept: " + e.getMessage());
      return null;
    }
  }

  /** The daemon's signals and its end must not reach the containers. */
  private static void detach() throws IOException {
    Processes.ignore(Processes.SIGHUP);
    Processes.ignore(Processes.SIGINT);
    Processes.ignore(Processes.SIGTERM);
    try {
      Processes.newSession();
    } catch (ErrnoException e) {
      // whoever started it made it a leader already
      if (!e.is(Errno.EPERM)) {
        throw e;
      }
    }
    Processes.becomeSubreaper();
  }
}
