// SPDX-License-Identifier: Apache-2.0
package gantry.linux.keeper;

import gantry.linux.EventFd;
import gantry.linux.Fd;
import gantry.linux.PacketSocket;
import gantry.linux.Poll;
import gantry.linux.Rights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Keeps listening sockets for a process that may be restarted. When their owner has gone and nobody
 * comes for them in time they are closed, and their files removed: who waits in their queues then
 * sees the connection end. At most 16 sockets; one owner at a time, the last that came. One thread.
 */
public final class Keeper implements AutoCloseable {
  private final Path path;
  private final String identity;
  private final Duration patience;
  private final PacketSocket listener;
  private final EventFd wake;
  private final Thread thread;
  private final CountDownLatch relieved = new CountDownLatch(1);

  // Of the thread alone.
  private final Map<String, KeptSocket> kept = new LinkedHashMap<>();
  private @Nullable PacketSocket owner;
  private long left = System.nanoTime();

  private volatile boolean leaving;
  private volatile boolean handingOver;
  private volatile boolean closed;

  /**
   * Serves at a path.
   *
   * @param path at most 107 bytes; what was there is removed
   * @param patience how long sockets are kept without an owner
   */
  public Keeper(Path path, Duration patience) throws IOException {
    this(path, patience, List.of());
  }

  /**
   * As {@link #Keeper(Path, Duration)}, with sockets that were kept before.
   *
   * @param before theirs are this object's from now on
   */
  public Keeper(Path path, Duration patience, List<KeptSocket> before) throws IOException {
    this.path = path;
    before.forEach(socket -> kept.put(socket.path().toString(), socket));
    this.patience = patience;
    this.wake = new EventFd();
    try {
      this.listener = PacketSocket.listen(path);
      this.identity = KeptSocket.identityOf(path);
    } catch (IOException e) {
      wake.close();
      throw e;
    }
    this.thread = Thread.ofPlatform().name("keeper").daemon().start(this::run);
  }

  /**
   * Returns when the next owner has taken the sockets, or they were kept long enough; at once if
   * there are none. After this the keeper can be closed.
   */
  public void awaitRelief() throws InterruptedException {
    leave();
    relieved.await();
  }

  /**
   * Stops and gives away what is kept, for another to go on with; the owner sees its connection
   * end. After this the keeper is to be closed.
   */
  public List<KeptSocket> handOver() throws InterruptedException {
    handingOver = true;
    wakeUp();
    thread.join();
    return List.copyOf(kept.values());
  }

  /** From now on who takes the sockets is the only one to have them. */
  void leave() {
    leaving = true;
    wakeUp();
  }

  private void wakeUp() {
    try {
      wake.raise();
    } catch (IOException e) {
      throw new IllegalStateException("wake the keeper of sockets", e);
    }
  }

  private void run() {
    try {
      while (!closed && !handingOver && !(leaving && kept.isEmpty())) {
        step();
      }
    } catch (IOException e) {
      // Nothing to wait for can be waited for: better no keeper than one that spins.
      closed = true;
    } finally {
      if (!handingOver) {
        release(new ArrayList<>(kept.values()));
      }
      drop(owner);
      relieved.countDown();
    }
  }

  private void step() throws IOException {
    List<Poll.Interest> interests = new ArrayList<>();
    interests.add(new Poll.Interest(wake.fd(), Poll.READABLE));
    interests.add(new Poll.Interest(listener.fd(), Poll.READABLE));
    PacketSocket present = owner;
    if (present != null) {
      interests.add(new Poll.Interest(present.fd(), Poll.READABLE));
    }
    int[] ready = Poll.await(interests, timeout());
    if (ready[0] != 0) {
      wake.lower();
    }
    if (present != null && ready[2] != 0 && !answer(present)) {
      drop(present);
    }
    if (ready[1] != 0) {
      admit();
    }
    if (owner == null && !kept.isEmpty() && timeout().isZero()) {
      expire();
    }
  }

  /** Negative if there is nothing that time changes. */
  private Duration timeout() {
    if (owner != null || kept.isEmpty()) {
      return Duration.ofMillis(-1);
    }
    Duration rest = patience.minusNanos(System.nanoTime() - left);
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  private void admit() {
    try {
      PacketSocket next = listener.accept();
      drop(owner);
      owner = next;
    } catch (IOException nobody) {
      // gone again, or not of this user
      return;
    }
  }

  private void drop(@Nullable PacketSocket connection) {
    if (connection != null) {
      connection.close();
      owner = null;
      left = System.nanoTime();
    }
  }

  /** Does what the owner wants; false if it is gone, or talks nonsense. */
  private boolean answer(PacketSocket connection) {
    try (Rights.Message message = Messages.receive(connection)) {
      List<String> parts = Messages.parts(message);
      if (parts.size() == 3 && parts.getFirst().equals(Messages.KEEP)) {
        return keep(connection, parts, message.descriptors());
      }
      if (parts.size() == 2 && parts.getFirst().equals(Messages.DROP)) {
        forget(kept.remove(parts.get(1)));
        Messages.send(connection, List.of(Messages.OK), List.of());
        return true;
      }
      return parts.equals(List.of(Messages.TAKE)) && give(connection);
    } catch (IOException e) {
      return false;
    }
  }

  private boolean keep(PacketSocket connection, List<String> parts, List<Fd> descriptors)
      throws IOException {
    String name = parts.get(1);
    if (descriptors.size() != 1
        || (kept.size() >= Messages.SOCKETS_MAX && !kept.containsKey(name))) {
      return false;
    }
    Fd own = descriptors.getFirst().duplicate();
    forget(kept.put(name, new KeptSocket(Path.of(name), parts.get(2), own)));
    Messages.send(connection, List.of(Messages.OK), List.of());
    return true;
  }

  private boolean give(PacketSocket connection) throws IOException {
    List<String> answer = new ArrayList<>(List.of(Messages.OK));
    List<Fd> descriptors = new ArrayList<>();
    for (KeptSocket socket : kept.values()) {
      answer.add(socket.path().toString());
      answer.add(socket.identity());
      descriptors.add(socket.fd());
    }
    Messages.send(connection, answer, descriptors);
    if (leaving) {
      kept.values().forEach(Keeper::forget);
      kept.clear();
    }
    return true;
  }

  private static void forget(@Nullable KeptSocket socket) {
    if (socket != null) {
      socket.fd().close();
    }
  }

  private void expire() {
    release(new ArrayList<>(kept.values()));
    kept.clear();
  }

  /** Nobody will accept from them: who connects shall be refused rather than wait. */
  private void release(List<KeptSocket> sockets) {
    boolean ownerLives = owner != null;
    for (KeptSocket socket : sockets) {
      if (!ownerLives && socket.isAtItsPath()) {
        delete(socket.path());
      }
      socket.fd().close();
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A file nobody listens behind refuses connections too.
      return;
    }
  }

  /** Lets go of everything. */
  @Override
  public void close() {
    closed = true;
    wakeUp();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.close();
    wake.close();
    try {
      if (identity.equals(KeptSocket.identityOf(path))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Another keeper's by now, or gone.
      return;
    }
  }
}
