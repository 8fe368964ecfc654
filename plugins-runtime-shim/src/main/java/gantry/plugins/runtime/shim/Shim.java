// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.runtime.shim;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import containerd.task.v3.ConnectRequest;
import containerd.task.v3.ConnectResponse;
import containerd.task.v3.DeleteRequest;
import containerd.task.v3.DeleteResponse;
import containerd.task.v3.ShutdownRequest;
import containerd.task.v3.WaitRequest;
import containerd.task.v3.WaitResponse;
import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.errors.UnavailableException;
import gantry.errors.UnimplementedException;
import gantry.plugins.TimeLimits;
import gantry.runtime.TaskLimit;
import gantry.runtime.TaskRuntime.TaskName;
import gantry.ttrpc.TtrpcClient;
import gantry.wire.ShimWire;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shim process and the connection to it, which all its tasks share. The messages of both versions
 * of the task API are the same, only its name differs. Safe for concurrent use.
 */
final class Shim implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shim.class);
  private static final int SIGKILL = 9;
  private static final String SANDBOX = "containerd.runtime.sandbox.v1.Sandbox";
  private static final String NAMESPACE = "containerd-namespace-ttrpc";
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final String address;
  private final TimeLimits limits;
  private final TtrpcClient client;
  private final Silence silence;
  private final Set<TaskName> tasks = ConcurrentHashMap.newKeySet();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile Bootstrap bootstrap;
  private volatile boolean understood;
  private volatile boolean leaving;

  private Shim(Bootstrap bootstrap, TimeLimits limits, Consumer<Shim> onEnd) {
    this.limits = limits;
    this.bootstrap = bootstrap;
    this.address = bootstrap.address();
    this.silence = new Silence("shim at " + address, PATIENCE);
    if (!bootstrap.isTtrpc()) {
      throw new UnimplementedException(
          "connect to shim at %s: protocol %s, want ttrpc"
              .formatted(address, bootstrap.protocol()));
    }
    this.client =
        TtrpcClient.over(
            new ShimAddress(address).connect(),
            "shim " + address,
            () -> {
              ended.countDown();
              onEnd.accept(this);
            });
  }

  /**
   * Connects to a shim.
   *
   * @param onEnd told when the connection has ended for whatever reason
   * @throws gantry.errors.NotFoundException if the shim is gone
   */
  static Shim connect(Bootstrap bootstrap, TimeLimits limits, Consumer<Shim> onEnd) {
    return new Shim(bootstrap, limits, onEnd);
  }

  /** How it is spoken to, which may have proved to be an older way than it said. */
  Bootstrap bootstrap() {
    return bootstrap;
  }

  String address() {
    return address;
  }

  /** The tasks it is known to serve. */
  Set<TaskName> tasks() {
    return tasks;
  }

  boolean isOpen() {
    return client.isOpen();
  }

  /** Whether its end is expected. */
  boolean isLeaving() {
    return leaving;
  }

  /** Asks something that is answered at once. */
  <R extends MessageLite> R ask(
      String namespace, String method, MessageLite request, Parser<R> answer, TaskLimit limit) {
    silence.requireNone();
    return timed(namespace, method, request, answer, limit.in(limits));
  }

  /** Has it do something. */
  <R extends MessageLite> R order(
      String namespace, String method, MessageLite request, Parser<R> answer, TaskLimit limit) {
    silence.awaitNone();
    return timed(namespace, method, request, answer, limit.in(limits));
  }

  /** Asks of the sandbox that it holds something that is answered at once. */
  <R extends MessageLite> R askSandbox(
      String namespace, String method, MessageLite request, Parser<R> answer, TaskLimit limit) {
    silence.requireNone();
    return timed(
        namespace, limit.in(limits), left -> sandbox(namespace, method, request, answer, left));
  }

  /** Does something to the sandbox that it holds. */
  <R extends MessageLite> R orderSandbox(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit) {
    silence.awaitNone();
    return timed(namespace, limit, left -> sandbox(namespace, method, request, answer, left));
  }

  /** Asks of the sandbox that it holds something that may take for ever. */
  <R extends MessageLite> R awaitSandbox(
      String namespace, String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return sandbox(namespace, method, request, answer, TtrpcClient.FOREVER);
  }

  private <R extends MessageLite> R sandbox(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit)
      throws InterruptedException {
    return client.call(SANDBOX, method, request, answer, limit, Map.of(NAMESPACE, namespace));
  }

  /** As {@link #order}, without an answer. */
  void order(String namespace, String method, MessageLite request, TaskLimit limit) {
    order(namespace, method, request, Empty.parser(), limit);
  }

  /** Asks something that may take for ever. */
  <R extends MessageLite> R await(
      String namespace, String method, MessageLite request, Parser<R> answer)
      throws InterruptedException {
    return versioned(namespace, method, request, answer, TtrpcClient.FOREVER);
  }

  /** Asks whether it is there and which version it understands. */
  ConnectResponse greet(TaskName task) {
    ConnectRequest request = ConnectRequest.newBuilder().setId(task.id()).build();
    return order(task.namespace(), "Connect", request, ConnectResponse.parser(), TaskLimit.LOAD);
  }

  /** Kills a task and removes it, whatever it is doing. */
  void discard(TaskName task) {
    try {
      order(task.namespace(), "Kill", ShimWire.kill(task, "", SIGKILL, true), TaskLimit.KILL);
      WaitRequest ended = WaitRequest.newBuilder().setId(task.id()).build();
      order(task.namespace(), "Wait", ended, WaitResponse.parser(), TaskLimit.SHIM_CLEANUP);
    } catch (GantryException e) {
      LOG.debug("kill task {}: {}", task.id(), e.getMessage());
    }
    DeleteRequest request = DeleteRequest.newBuilder().setId(task.id()).build();
    order(task.namespace(), "Delete", request, DeleteResponse.parser(), TaskLimit.SHIM_CLEANUP);
  }

  /**
   * Has it end, and waits for that a while.
   *
   * @return whether it ended
   */
  boolean shutdown(TaskName last) {
    leaving = true;
    ShutdownRequest request = ShutdownRequest.newBuilder().setId(last.id()).build();
    try {
      order(last.namespace(), "Shutdown", request, TaskLimit.SHUTDOWN);
      return ended.await(TaskLimit.SHUTDOWN.in(limits).toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CanceledException("shut down shim at %s: interrupted".formatted(address), e);
    } catch (GantryException e) {
      LOG.debug("shut down shim at {}: {}", address, e.getMessage());
      return !client.isOpen();
    } finally {
      close();
    }
  }

  /** A call that ends in the time it is given. */
  @FunctionalInterface
  private interface Timed<R> {
    R within(Duration limit) throws InterruptedException;
  }

  private <R extends MessageLite> R timed(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit) {
    return timed(namespace, limit, left -> versioned(namespace, method, request, answer, left));
  }

  private <R> R timed(String namespace, Duration limit, Timed<R> call) {
    long began = System.nanoTime();
    try {
      return call.within(limit);
    } catch (DeadlineExceededException e) {
      silence.begin(() -> probe(namespace));
      throw e;
    } catch (InterruptedException e) {
      // A caller with a limit of its own may be as patient, and a moment sooner.
      if (System.nanoTime() - began > limit.toNanos() / 2) {
        silence.begin(() -> probe(namespace));
      }
      Thread.currentThread().interrupt();
      throw new CanceledException("call shim at %s: interrupted".formatted(address), e);
    }
  }

  private void probe(String namespace) {
    LOG.warn("shim at {} does not answer", address);
    TaskName any = tasks.stream().findFirst().orElse(new TaskName(namespace, ""));
    ConnectRequest request = ConnectRequest.newBuilder().setId(any.id()).build();
    try {
      await(any.namespace(), "Connect", request, ConnectResponse.parser());
      LOG.info("shim at {} answers again", address);
    } catch (UnavailableException e) {
      LOG.info("shim at {} is gone", address);
    } catch (GantryException e) {
      LOG.info("shim at {} answers again: {}", address, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A shim may say version 3 and serve version 2: one that was there before its program changed.
   */
  private <R extends MessageLite> R versioned(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit)
      throws InterruptedException {
    try {
      R result = once(namespace, method, request, answer, limit);
      understood = true;
      return result;
    } catch (UnimplementedException e) {
      if (understood || bootstrap.version() < Bootstrap.LATEST) {
        throw e;
      }
      LOG.info("shim at {} does not serve version 3 of the task API, trying version 2", address);
      bootstrap = bootstrap.downgraded();
      return once(namespace, method, request, answer, limit);
    }
  }

  private <R extends MessageLite> R once(
      String namespace, String method, MessageLite request, Parser<R> answer, Duration limit)
      throws InterruptedException {
    String service = "containerd.task.v%d.Task".formatted(bootstrap.version());
    return client.call(service, method, request, answer, limit, Map.of(NAMESPACE, namespace));
  }

  /** Ends the connection; the shim stays. */
  @Override
  public void close() {
    leaving = true;
    client.close();
  }
}
