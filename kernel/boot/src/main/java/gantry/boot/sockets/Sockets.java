// SPDX-License-Identifier: Apache-2.0
package gantry.boot.sockets;

import gantry.linux.UnixListener;
import gantry.linux.keeper.KeeperClient;
import gantry.linux.keeper.KeptSocket;
import gantry.plugins.ListeningSocket;
import gantry.plugins.ListeningSockets;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of the daemon. A socket that nobody holds is kept for {@link #GRACE}, then closed.
 */
public final class Sockets implements ListeningSockets, AutoCloseable {
  /** How long a plugin may take until its next version opens the socket again. */
  static final Duration GRACE = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);

  /** Clients that connect without waiting fail when the queue is full. */
  private static final int BACKLOG = 4096;

  private final Path keeper;
  private final Inherited inherited;
  private final BooleanSupplier stopping;
  private final Executor later;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Path, OpenSocket> open = new HashMap<>();
  private final Map<Path, KeptSocket> waiting = new HashMap<>();
  private @Nullable KeeperClient client;
  private boolean asked;

  /**
   * Opens nothing yet.
   *
   * @param keeper where somebody may serve to keep sockets
   * @param environment of the process; in it the service manager tells of its sockets
   * @param stopping whether the daemon is about to end
   */
  public Sockets(Path keeper, Map<String, String> environment, BooleanSupplier stopping) {
    this(keeper, new Inherited(environment), stopping, GRACE);
  }

  Sockets(Path keeper, Inherited inherited, BooleanSupplier stopping, Duration grace) {
    this.keeper = keeper;
    this.inherited = inherited;
    this.stopping = stopping;
    this.later = CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public ListeningSocket open(String address, int uid, int gid) throws IOException {
    Path path = SocketPath.of(address);
    lock.lock();
    try {
      OpenSocket socket = open.get(path);
      if (socket == null) {
        socket = find(path);
        open.put(path, socket);
        socket.stored(!socket.lent() && inherited.store(socket));
        giveToKeeper(List.of(socket));
      }
      if (!socket.lent()) {
        SocketPath.open(path, uid, gid);
      }
      socket.hold();
      return new Hold(socket);
    } finally {
      lock.unlock();
    }
  }

  private OpenSocket find(Path path) throws IOException {
    UnixListener passed = inherited.take(path);
    if (passed != null && Files.exists(path)) {
      LOG.info("socket {} is the service manager's", path);
      passed.listen(BACKLOG);
      return new OpenSocket(passed, true);
    }
    askKeeper();
    KeptSocket kept = waiting.remove(path);
    if (kept != null && kept.isAtItsPath()) {
      LOG.info("socket {} was kept since the daemon before", path);
      UnixListener listener = UnixListener.of(kept.fd());
      listener.listen(BACKLOG);
      return new OpenSocket(listener, false);
    }
    if (kept != null) {
      kept.fd().close();
    }
    SocketPath.clear(path);
    return new OpenSocket(UnixListener.bind(path, BACKLOG), false);
  }

  /** Takes what was kept since the daemon before, once. */
  private void askKeeper() {
    if (asked) {
      return;
    }
    asked = true;
    if (!Files.exists(keeper)) {
      return;
    }
    try {
      client = KeeperClient.connect(keeper);
      client.take().forEach(kept -> waiting.put(kept.path(), kept));
    } catch (IOException e) {
      LOG.debug("nobody keeps sockets: {}", e.toString());
    }
  }

  @Override
  public Path keeper() {
    return keeper;
  }

  @Override
  public void keep() {
    lock.lock();
    try {
      if (stopping.getAsBoolean() || (client != null && client.isOpen())) {
        return;
      }
      forgetKeeper();
      client = KeeperClient.connect(keeper);
      giveToKeeper(new ArrayList<>(open.values()));
      LOG.info("{} keeps the sockets while the daemon restarts", keeper);
    } catch (IOException e) {
      LOG.warn("clients cannot connect while the daemon restarts: {}", e.toString());
    } finally {
      lock.unlock();
    }
  }

  private void giveToKeeper(List<OpenSocket> sockets) {
    KeeperClient present = client;
    if (present == null) {
      return;
    }
    try {
      for (OpenSocket socket : sockets) {
        present.keep(socket.kept());
      }
    } catch (IOException e) {
      LOG.debug("the keeper of sockets went away: {}", e.toString());
      forgetKeeper();
    }
  }

  /** Ends the connection to the keeper. */
  void forgetKeeper() {
    KeeperClient present = client;
    client = null;
    if (present != null) {
      present.close();
    }
  }

  private void release(OpenSocket socket) {
    lock.lock();
    try {
      if (!socket.release()) {
        return;
      }
      if (stopping.getAsBoolean()) {
        end(socket);
      } else {
        later.execute(() -> endIfUnused(socket));
      }
    } finally {
      lock.unlock();
    }
  }

  private void endIfUnused(OpenSocket socket) {
    lock.lock();
    try {
      if (socket.unused()) {
        end(socket);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Stops listening. The file goes unless somebody listens on for the next daemon. Idempotent. */
  private void end(OpenSocket socket) {
    if (!open.remove(socket.path(), socket)) {
      return;
    }
    try {
      if (!stopping.getAsBoolean()) {
        withdraw(socket);
      }
      boolean kept = stopping.getAsBoolean() && client != null && client.isOpen();
      if (!kept && !socket.lent() && !(stopping.getAsBoolean() && socket.managed())) {
        socket.removeFile();
      }
    } catch (IOException e) {
      LOG.warn("cannot remove socket {}: {}", socket.path(), e.toString());
    }
    socket.listener().close();
  }

  private void withdraw(OpenSocket socket) throws IOException {
    if (socket.managed() && !socket.lent()) {
      inherited.discard(socket);
    }
    KeeperClient present = client;
    if (present != null && present.isOpen()) {
      present.drop(socket.path());
    }
  }

  /** Lets go of all sockets; whoever keeps them keeps them for the next daemon. */
  @Override
  public void close() {
    lock.lock();
    try {
      new ArrayList<>(open.values()).forEach(this::end);
      waiting.values().forEach(kept -> kept.fd().close());
      waiting.clear();
      forgetKeeper();
      inherited.close();
    } finally {
      lock.unlock();
    }
  }

  /** What a plugin has of a socket. */
  private final class Hold implements ListeningSocket {
    private final OpenSocket socket;
    private final AtomicBoolean closed = new AtomicBoolean();

    Hold(OpenSocket socket) {
      this.socket = socket;
    }

    @Override
    public Path path() {
      return socket.path();
    }

    @Override
    public ServerSocketChannel channel() throws IOException {
      if (closed.get()) {
        throw new ClosedChannelException();
      }
      return socket.listener().channel();
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        release(socket);
      }
    }
  }
}
