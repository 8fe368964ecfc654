// SPDX-License-Identifier: Apache-2.0
package gantry.linux.safe;

import gantry.linux.EventFd;
import gantry.linux.Fd;
import gantry.linux.PacketSocket;
import gantry.linux.Poll;
import gantry.linux.Rights;
import gantry.linux.keeper.KeptSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps descriptors by name for a process that may die, until its successor takes them. One owner
 * at a time, the last that came; what it put stays when it goes. One thread.
 */
public final class Safe implements AutoCloseable {
  private static final Duration FOREVER = Duration.ofNanos(-1);

  private record Entry(Kept kept, int visit) {}

  private final Path path;
  private final String identity;
  private final int capacity;
  private final PacketSocket listener;
  private final EventFd stop;
  private final Thread thread;

  // Of the thread alone.
  private final Map<String, Entry> entries = new HashMap<>();
  private @Nullable PacketSocket owner;
  private int visit;

  private volatile int size;

  /**
   * Serves at a path.
   *
   * @param path at most 107 bytes; what was there is removed
   * @param capacity how many descriptors are kept at most
   */
  public Safe(Path path, int capacity) throws IOException {
    this.path = path;
    this.capacity = capacity;
    this.stop = new EventFd();
    try {
      this.listener = PacketSocket.listen(path);
      this.identity = KeptSocket.identityOf(path);
    } catch (IOException e) {
      stop.close();
      throw e;
    }
    this.thread = Thread.ofPlatform().name("safe").daemon().start(this::run);
  }

  /** How many descriptors are kept now. */
  public int size() {
    return size;
  }

  private void run() {
    try {
      while (step()) {
        size = count();
      }
    } catch (IOException e) {
      // Nothing to wait for can be waited for: better no safe than one that spins.
      return;
    } finally {
      entries.values().forEach(entry -> entry.kept().close());
      entries.clear();
      size = 0;
      leave();
      listener.close();
      removePath();
      stop.close();
    }
  }

  /** Waits for something to do, and does it; false if that is to stop. */
  private boolean step() throws IOException {
    List<Poll.Interest> interests = new ArrayList<>();
    interests.add(new Poll.Interest(stop.fd(), Poll.READABLE));
    interests.add(new Poll.Interest(listener.fd(), Poll.READABLE));
    PacketSocket present = owner;
    if (present != null) {
      interests.add(new Poll.Interest(present.fd(), Poll.READABLE));
    }
    int[] ready = Poll.await(interests, FOREVER);
    if (ready[0] != 0) {
      return false;
    }
    if (present != null && ready[2] != 0 && !answer(present)) {
      leave();
    }
    if (ready[1] != 0) {
      admit();
    }
    return true;
  }

  private void admit() {
    try {
      PacketSocket next = listener.accept();
      leave();
      owner = next;
      visit++;
    } catch (IOException nobody) {
      // gone again, or not of this user
      return;
    }
  }

  private void leave() {
    if (owner != null) {
      owner.close();
      owner = null;
    }
  }

  /** Does what the owner wants; false if it is gone, or talks nonsense. */
  private boolean answer(PacketSocket connection) {
    try (Rights.Message message = Messages.receive(connection)) {
      List<String> parts = Messages.parts(message);
      if (parts.isEmpty()) {
        return false;
      }
      return switch (parts.getFirst()) {
        case Messages.PUT -> parts.size() == 3 && put(connection, parts, message.descriptors());
        case Messages.DROP -> parts.size() == 2 && drop(connection, parts.get(1));
        case Messages.TAKE -> parts.size() == 2 && give(connection, parts.get(1));
        case Messages.SWEEP -> sweep(connection);
        default -> false;
      };
    } catch (IOException e) {
      return false;
    }
  }

  private boolean put(PacketSocket connection, List<String> parts, List<Fd> descriptors)
      throws IOException {
    if (descriptors.isEmpty()) {
      return false;
    }
    remove(parts.get(1));
    if (count() + descriptors.size() > capacity) {
      Messages.send(connection, List.of(Messages.REFUSED, "the safe is full"), List.of());
      return true;
    }
    List<Fd> own = new ArrayList<>();
    for (Fd descriptor : descriptors) {
      own.add(descriptor.duplicate());
    }
    entries.put(parts.get(1), new Entry(new Kept(parts.get(2), List.copyOf(own)), visit));
    return ok(connection);
  }

  private boolean drop(PacketSocket connection, String name) throws IOException {
    remove(name);
    return ok(connection);
  }

  private boolean give(PacketSocket connection, String name) throws IOException {
    Entry entry = entries.get(name);
    if (entry == null) {
      return ok(connection);
    }
    Messages.send(
        connection, List.of(Messages.OK, entry.kept().label()), entry.kept().descriptors());
    return true;
  }

  private boolean sweep(PacketSocket connection) throws IOException {
    for (String name : List.copyOf(entries.keySet())) {
      Entry entry = entries.get(name);
      if (entry != null && entry.visit() != visit) {
        remove(name);
      }
    }
    return ok(connection);
  }

  private static boolean ok(PacketSocket connection) throws IOException {
    Messages.send(connection, List.of(Messages.OK), List.of());
    return true;
  }

  private void remove(String name) {
    Entry entry = entries.remove(name);
    if (entry != null) {
      entry.kept().close();
    }
  }

  private int count() {
    return entries.values().stream().mapToInt(entry -> entry.kept().descriptors().size()).sum();
  }

  private void removePath() {
    try {
      if (identity.equals(KeptSocket.identityOf(path))) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Another safe's by now, or gone.
      return;
    }
  }

  /** Lets go of everything. Idempotent. */
  @Override
  public void close() {
    try {
      stop.raise();
    } catch (IOException e) {
      // closed before
      return;
    }
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
