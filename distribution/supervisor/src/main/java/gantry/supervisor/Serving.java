// SPDX-License-Identifier: Apache-2.0
package gantry.supervisor;

import gantry.linux.Fd;
import gantry.linux.Flock;
import gantry.linux.Open;
import gantry.linux.PidWatcher;
import gantry.linux.UnixListener;
import gantry.ttrpc.TtrpcServer;
import gantry.ttrpc.TtrpcServices;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds tasks and serves calls, from a start or an upgrade to the end or the next upgrade. */
final class Serving {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
  private static final Duration LAST_EVENTS = Duration.ofSeconds(2);

  /** For what goes on when an upgrade is wanted; then it is refused. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /** For calls that outlasted it, which nobody cuts off. */
  private static final Duration LATE = Duration.ofMinutes(15);

  private final Arguments arguments;
  private final List<String> words;
  private final Flock lock;
  private final UnixListener listener;
  private final Replacement replacement;

  /**
   * Prepares.
   *
   * @param words the arguments as they came, for the version after this one
   * @param listener stays the caller's
   */
  Serving(
      Arguments arguments,
      List<String> words,
      Flock lock,
      UnixListener listener,
      Replacement replacement) {
    this.arguments = arguments;
    this.words = List.copyOf(words);
    this.lock = lock;
    this.listener = listener;
    this.replacement = replacement;
  }

  /**
   * Serves.
   *
   * @param before what the version before left; null if there was none
   * @return what the next needs; empty if this is the end
   */
  Optional<HandOver> run(@Nullable HandOver before) throws Exception {
    Path state = arguments.state();
    try (PidWatcher exits = new PidWatcher();
        Events events =
            new Events(arguments.events(), before == null ? List.of() : before.events());
        Orphans orphans = new Orphans(exits);
        Custody custody = new Custody(arguments.safe());
        Fd scratch = Fd.open(Directories.fresh(state.resolve("tmp")), Open.PATH)) {
      Ledger ledger = new Ledger(Directories.make(state.resolve("tasks")));
      Path shortName = Directories.shortName(scratch);
      Host host =
          new Host(
              exits,
              events,
              ledger,
              custody,
              shortName,
              arguments.runtimeRoot(),
              new CgroupMounts());
      try (Supervisor supervisor = new Supervisor(host)) {
        int lost = adopt(supervisor, before);
        custody.start();
        assert orphans != null;
        return serve(host, supervisor, before == null ? 0 : before.upgrades(), lost);
      }
    }
  }

  private int adopt(Supervisor supervisor, @Nullable HandOver before) throws Exception {
    if (before != null) {
      int lost = before.lostTerminals() + supervisor.adopt(before);
      before.processes().values().forEach(Legacy::close);
      return lost;
    }
    try (Custody.Estate estate = Custody.estate(arguments.safe())) {
      return supervisor.adopt(estate);
    }
  }

  private Optional<HandOver> serve(Host host, Supervisor supervisor, int upgrades, int lost)
      throws Exception {
    OwnStatus status =
        new OwnStatus(upgrades, lost, () -> supervisor.tasks().size(), replacement::failure);
    while (true) {
      Ending ending = new Ending(arguments.starts(), supervisor::isIdle);
      TtrpcServer server =
          TtrpcServer.serve(
              arguments.socket(), listener.channel(), services(host, supervisor, ending, status));
      try (@Nullable NamespaceSockets sockets = namespaces(host, supervisor, ending)) {
        System.out.println("ready");
        System.out.flush();
        ending.await(() -> sockets != null && sockets.areConnected());
      }
      if (replacement.wish().isEmpty()) {
        host.events().flush(LAST_EVENTS);
        server.close();
        return Optional.empty();
      }
      if (isQuiet(server, supervisor)) {
        return Optional.of(leave(host, supervisor, upgrades, lost));
      }
    }
  }

  private TtrpcServices services(
      Host host, Supervisor supervisor, Ending ending, OwnStatus status) {
    TtrpcServices services =
        new TaskService(supervisor, "", called(host, ending), ending::told).services();
    if (arguments.starts() == null) {
      SuccessorCheck check = new SuccessorCheck(host.exits(), host.scratch());
      new SupervisorService(status::get, check, replacement, words, ending::makeRoom)
          .addTo(services);
    }
    return services;
  }

  private @Nullable NamespaceSockets namespaces(Host host, Supervisor supervisor, Ending ending)
      throws IOException {
    if (arguments.starts() == null) {
      return null;
    }
    return NamespaceSockets.open(
        Directories.make(arguments.state().resolve("namespaces")),
        namespace ->
            new TaskService(supervisor, namespace, called(host, ending), ending::told).services());
  }

  private static Runnable called(Host host, Ending ending) {
    return () -> {
      host.events().nudge();
      host.custody().nudge();
      ending.used();
    };
  }

  /** Ends the calls; if what goes on does not end in time, this version goes on instead. */
  private boolean isQuiet(TtrpcServer server, Supervisor supervisor)
      throws IOException, InterruptedException {
    supervisor.leaving(true);
    if (!server.finish(PATIENCE)) {
      Thread.ofVirtual().name("late-calls").start(() -> finish(server));
      replacement.failed("upgrade supervisor: calls in flight did not end in " + PATIENCE);
    } else if (!supervisor.settle(PATIENCE)) {
      server.close();
      replacement.failed("upgrade supervisor: what changes a task did not end in " + PATIENCE);
    } else {
      server.close();
      return true;
    }
    LOG.warn(replacement.failure());
    supervisor.leaving(false);
    return false;
  }

  private static void finish(TtrpcServer server) {
    try {
      server.finish(LATE);
      server.close();
    } catch (IOException e) {
      LOG.warn("a connection was not closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** No exit is taken from here on: those that come wait for the next version. */
  private HandOver leave(Host host, Supervisor supervisor, int upgrades, int lost)
      throws InterruptedException {
    host.exits().close();
    host.exits().awaitClosed();
    host.custody().close();
    Map<String, Legacy> processes = supervisor.handOver(PATIENCE);
    return new HandOver(lock, listener, List.of(), processes, host.events().stop(), upgrades, lost);
  }
}
