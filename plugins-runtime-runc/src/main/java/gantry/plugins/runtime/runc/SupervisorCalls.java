// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.runc;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import gantry.errors.CanceledException;
import gantry.errors.FailedPreconditionException;
import gantry.errors.UnavailableException;
import gantry.ttrpc.TtrpcClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Calls of the service {@code containerd.task.v3.Task} in a namespace, each with its deadline. */
final class SupervisorCalls implements AutoCloseable {
  private static final String SERVICE = "containerd.task.v3.Task";
  private static final String NAMESPACE = "containerd-namespace-ttrpc";
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(15);
  private static final Duration RECONNECT_LIMIT = Duration.ofSeconds(60);

  private static final int FAILURES_MAX = 5;

  /** A wait that lasted as long counts as begun anew when it breaks. */
  private static final long STEADY_NANOS = Duration.ofSeconds(5).toNanos();

  /** The longest an upgrade waits for calls under way, and what it takes after that. */
  private static final Duration ALONE_LIMIT = Duration.ofSeconds(20);

  private static final Duration UPGRADE_LIMIT = Duration.ofMinutes(3);

  private final SupervisorConnection connection;
  private final Users users;
  private final ReentrantReadWriteLock upgrades = new ReentrantReadWriteLock();

  SupervisorCalls(SupervisorConnection connection) {
    this.connection = connection;
    this.users = new Users(connection::close);
  }

  /**
   * Calls once. Whether a call that fails with {@link UnavailableException} took place is not
   * known.
   */
  <R extends MessageLite> R call(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit) {
    users.enter();
    try {
      enter(method);
      try {
        return once(
            connection.client(CONNECT_LIMIT, false), namespace, method, request, answer, limit);
      } finally {
        upgrades.readLock().unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("call supervisor: %s: interrupted".formatted(method), e);
    } finally {
      users.leave();
    }
  }

  /** Waits while another version of the supervisor takes over. */
  private void enter(String method) throws InterruptedException {
    if (!upgrades.readLock().tryLock(UPGRADE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new UnavailableException(
          "call supervisor: %s: it has been upgraded for %s".formatted(method, UPGRADE_LIMIT));
    }
  }

  /**
   * Does something while no calls are under way but waits and those beside; such calls are held
   * back meanwhile.
   *
   * @throws FailedPreconditionException if those under way do not end in time
   */
  <R> R alone(Supplier<R> action) {
    try {
      if (!upgrades.writeLock().tryLock(ALONE_LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new FailedPreconditionException(
            "upgrade supervisor: calls under way did not end in %s; try again later"
                .formatted(ALONE_LIMIT));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("upgrade supervisor: interrupted", e);
    }
    try {
      return action.get();
    } finally {
      upgrades.writeLock().unlock();
    }
  }

  /**
   * Calls another service beside what {@link #alone} holds back, once.
   *
   * @param again whether to call once more on another connection if the first breaks
   */
  <R extends MessageLite> R beside(
      String service,
      String method,
      MessageLite request,
      Parser<R> answer,
      Duration limit,
      boolean again) {
    users.enter();
    try {
      TtrpcClient client = connection.client(CONNECT_LIMIT, false);
      try {
        return client.call(service, method, request, answer, limit, Map.of());
      } catch (UnavailableException e) {
        if (!again) {
          throw e;
        }
        connection.discard(client);
        return connection
            .client(CONNECT_LIMIT, false)
            .call(service, method, request, answer, limit, Map.of());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("call supervisor: %s: interrupted".formatted(method), e);
    } finally {
      users.leave();
    }
  }

  /** As {@link #call}, without an answer. */
  void run(String namespace, String method, MessageLite request, Duration limit) {
    call(namespace, method, request, Empty.parser(), limit);
  }

  /** Calls something that changes nothing: when the connection breaks, once more on the next. */
  <R extends MessageLite> R ask(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit) {
    users.enter();
    try {
      TtrpcClient client = connection.client(CONNECT_LIMIT, false);
      try {
        return once(client, namespace, method, request, answer, limit);
      } catch (UnavailableException e) {
        connection.discard(client);
        TtrpcClient next = connection.client(CONNECT_LIMIT, false);
        return once(next, namespace, method, request, answer, limit);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("call supervisor: %s: interrupted".formatted(method), e);
    } finally {
      users.leave();
    }
  }

  /** Calls something that may take for ever and outlasts any number of connections. */
  <R extends MessageLite> R await(
      String namespace, String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    int failures = 0;
    while (true) {
      TtrpcClient client = connection.client(RECONNECT_LIMIT, true);
      long began = System.nanoTime();
      try {
        return once(client, namespace, method, request, answer, TtrpcClient.FOREVER);
      } catch (UnavailableException e) {
        failures = System.nanoTime() - began > STEADY_NANOS ? 1 : failures + 1;
        if (failures == FAILURES_MAX || connection.isClosed()) {
          throw e;
        }
        connection.discard(client);
      }
    }
  }

  /** Lets go of the supervisor when the calls under way have ended; waits are broken then. */
  @Override
  public void close() {
    users.close();
  }

  private static <R extends MessageLite> R once(
      TtrpcClient client,
      String namespace,
      String method,
      MessageLite request,
      Parser<R> answer,
      Duration limit)
      throws InterruptedException {
    return client.call(SERVICE, method, request, answer, limit, Map.of(NAMESPACE, namespace));
  }
}
