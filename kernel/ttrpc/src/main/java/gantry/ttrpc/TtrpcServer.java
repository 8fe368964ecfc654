// SPDX-License-Identifier: Apache-2.0
package gantry.ttrpc;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves calls on a unix socket. Safe for concurrent use. */
public final class TtrpcServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TtrpcServer.class);

  /** How soon to try again after a failure to accept; it may last, as when descriptors run out. */
  private static final Duration ACCEPT_AGAIN = Duration.ofSeconds(1);

  private final Path path;
  private final boolean owned;
  private final ServerSocketChannel listener;
  private final TtrpcServices services;
  private final Predicate<UnixDomainPrincipal> peers;
  private final ScheduledExecutorService deadlines;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final Set<ServerConnection> connections = ConcurrentHashMap.newKeySet();

  private TtrpcServer(
      Path path,
      boolean owned,
      ServerSocketChannel listener,
      TtrpcServices services,
      Predicate<UnixDomainPrincipal> peers) {
    this.path = path;
    this.owned = owned;
    this.listener = listener;
    this.services = services;
    this.peers = peers;
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("ttrpc-deadlines").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    this.deadlines = timer;
  }

  /** As {@link #start(Path, TtrpcServices, Predicate)}, for callers of this process's user only. */
  public static TtrpcServer start(Path path, TtrpcServices services) throws IOException {
    return start(path, services, sameUser());
  }

  /**
   * Listens with mode 0600 and serves until closed. A socket left by a process that is gone is
   * replaced.
   *
   * @param path at most 107 bytes
   * @param peers who may call; connections of others are closed at once
   * @throws BindException if somebody listens there
   */
  public static TtrpcServer start(
      Path path, TtrpcServices services, Predicate<UnixDomainPrincipal> peers) throws IOException {
    removeStale(path);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listener.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
    return serve(path, true, listener, services, peers, ACCEPT_AGAIN);
  }

  /**
   * Serves callers of this process's user on a socket that listens already, and whose file is
   * somebody else's.
   *
   * @param path for messages
   * @param listener closed with the result
   */
  public static TtrpcServer serve(Path path, ServerSocketChannel listener, TtrpcServices services)
      throws IOException {
    return serve(path, false, listener, services, sameUser(), ACCEPT_AGAIN);
  }

  static TtrpcServer serve(
      Path path,
      boolean owned,
      ServerSocketChannel listener,
      TtrpcServices services,
      Predicate<UnixDomainPrincipal> peers,
      Duration acceptAgain) {
    TtrpcServer server = new TtrpcServer(path, owned, listener, services, peers);
    Thread.ofVirtual().name("ttrpc-accept").start(() -> server.accept(acceptAgain));
    return server;
  }

  /** Lets callers of this process's user in. */
  public static Predicate<UnixDomainPrincipal> sameUser() throws IOException {
    var user = Files.getOwner(Path.of("/proc/self"));
    return peer -> peer.user().equals(user);
  }

  private static void removeStale(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      Files.deleteIfExists(path);
      return;
    }
    throw new BindException("listen on " + path + ": another process does");
  }

  private void accept(Duration again) {
    try {
      do {
        acceptUntilFailure();
      } while (!closing.await(again.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void acceptUntilFailure() {
    try {
      while (true) {
        admit(listener.accept());
      }
    } catch (IOException e) {
      if (listener.isOpen()) {
        LOG.error("accept on {} failed, trying again", path, e);
      }
    }
  }

  private void admit(SocketChannel channel) throws IOException {
    try {
      UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
      if (!peers.test(peer)) {
        LOG.warn("refused caller {} on {}", peer.user(), path);
        channel.close();
        return;
      }
    } catch (IOException e) {
      LOG.debug("caller left {} before it was served", path, e);
      channel.close();
      return;
    }
    ServerConnection connection = new ServerConnection(channel, services, deadlines);
    connections.add(connection);
    Thread.ofVirtual().name("ttrpc-connection").start(() -> serve(connection));
  }

  /** Whether anybody is connected, be it without calling. */
  public boolean isConnected() {
    return !connections.isEmpty();
  }

  private void serve(ServerConnection connection) {
    try {
      connection.serve();
      // one that finishes may still owe answers: whoever finishes the server waits for them
      connection.awaitEnd();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connections.remove(connection);
    }
  }

  /**
   * Stops accepting and takes no more calls. Each connection ends once the calls that were begun on
   * it are answered: whoever is not answered can call again elsewhere, since its call was not
   * begun. {@link #close} is still to be called.
   *
   * @param patience the longest wait
   * @return whether all ended
   */
  public boolean finish(Duration patience) throws IOException, InterruptedException {
    closing.countDown();
    listener.close();
    connections.forEach(ServerConnection::finish);
    long end = System.nanoTime() + patience.toNanos();
    for (ServerConnection connection : connections) {
      if (!connection.awaitEnd(Duration.ofNanos(end - System.nanoTime()))) {
        return false;
      }
    }
    return true;
  }

  /** Stops listening, ends the calls in progress and removes the socket if it is its own. */
  @Override
  public void close() throws IOException {
    closing.countDown();
    listener.close();
    if (owned) {
      Files.deleteIfExists(path);
    }
    connections.forEach(ServerConnection::close);
    deadlines.shutdownNow();
  }
}
