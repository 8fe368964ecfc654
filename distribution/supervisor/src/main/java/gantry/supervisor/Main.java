// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.errors.InvalidArgumentException;
import gantry.linux.Errno;
import gantry.linux.ErrnoException;
import gantry.linux.Fd;
import gantry.linux.Flock;
import gantry.linux.Open;
import gantry.linux.PidWatcher;
import gantry.linux.Processes;
import gantry.linux.keeper.Keeper;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts the supervisor. Prints one line, {@code ready}, when it serves calls. */
public final class Main {
  private static final Duration LAST_EVENTS = Duration.ofSeconds(2);

  /** Property: how long the sockets of a daemon that is gone are kept for the next. */
  private static final String KEPT = "gantry.supervisor.kept";

  private Main() {}

  /** Runs until it is not needed any more, see {@link Ending}. */
  public static void main(String[] words) throws Exception {
    if (words.length == 4 && words[0].equals("delete")) {
      System.exit(DeleteCommand.run(Path.of(words[1]), words[2], words[3], System.out));
    }
    Arguments arguments;
    try {
      arguments = Arguments.parse(words);
    } catch (InvalidArgumentException e) {
      System.err.println("gantry-supervisor: " + e.getMessage() + "\n" + Arguments.USAGE);
      System.exit(2);
      return;
    }
    directory(arguments.state());
    var lock = Flock.tryLock(arguments.state().resolve("lock"));
    if (lock.isEmpty()) {
      System.err.println(
          "gantry-supervisor: another one runs with the state directory " + arguments.state());
      System.exit(1);
      return;
    }
    detach();
    OwnCgroup group = new OwnCgroup(arguments.cgroup());
    group.enter();
    @Nullable Keeper keeper = keeper(arguments.keeper());
    serve(arguments);
    // Another may start from now on; this one only has the sockets until the next daemon has them.
    lock.get().close();
    if (keeper != null) {
      keeper.awaitRelief();
      keeper.close();
    }
    group.leave();
    System.exit(0);
  }

  /** Without one clients cannot connect while the daemon restarts, but containers do not care. */
  private static @Nullable Keeper keeper(@Nullable Path path) {
    if (path == null) {
      return null;
    }
    try {
      return new Keeper(path, Duration.parse(System.getProperty(KEPT, "PT1M")));
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

  private static void serve(Arguments arguments) throws Exception {
    Path state = arguments.state();
    try (PidWatcher exits = new PidWatcher();
        Events events = new Events(arguments.events());
        Orphans orphans = new Orphans(exits);
        Custody custody = new Custody(arguments.safe());
        Fd scratch = Fd.open(fresh(state.resolve("tmp")), Open.PATH)) {
      Ledger ledger = new Ledger(directory(state.resolve("tasks")));
      Host host =
          new Host(exits, events, ledger, custody, shortName(scratch), arguments.runtimeRoot());
      Supervisor supervisor = new Supervisor(host);
      try (Custody.Estate estate = Custody.estate(arguments.safe())) {
        supervisor.adopt(estate);
      }
      custody.start();
      Ending ending = new Ending(arguments.starts(), supervisor::isIdle);
      Function<String, TtrpcServices> services =
          namespace ->
              new TaskService(supervisor, namespace, called(host, ending), ending::told).services();
      try (TtrpcServer server = TtrpcServer.start(arguments.socket(), services.apply(""));
          @Nullable NamespaceSockets sockets = namespaces(arguments, services)) {
        System.out.println("ready");
        System.out.flush();
        ending.await(() -> sockets != null && sockets.areConnected());
        events.flush(LAST_EVENTS);
        assert server != null && orphans != null;
        assert (sockets == null) == (arguments.starts() == null);
      }
    }
  }

  private static @Nullable NamespaceSockets namespaces(
      Arguments arguments, Function<String, TtrpcServices> services) throws IOException {
    return arguments.starts() == null
        ? null
        : NamespaceSockets.open(directory(arguments.state().resolve("namespaces")), services);
  }

  private static Runnable called(Host host, Ending ending) {
    return () -> {
      host.events().nudge();
      host.custody().nudge();
      ending.used();
    };
  }

  /**
   * A name for consoles' sockets, whose paths have 107 bytes at most; the runtime can use it too.
   */
  private static Path shortName(Fd directory) {
    return Path.of("/proc/%d/fd/%d".formatted(ProcessHandle.current().pid(), directory.number()));
  }

  private static Path directory(Path path) throws IOException {
    return Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static Path fresh(Path path) throws IOException {
    directory(path);
    try (var left = Files.newDirectoryStream(path)) {
      for (Path file : left) {
        Files.delete(file);
      }
    }
    return path;
  }
}
