// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import gantry.errors.GantryException;
import gantry.wire.GrpcErrors;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call in progress: the meeting point of gRPC's callbacks and the thread that handles the call.
 * Only that thread closes it. The last callback returns after that thread is done, so who waits for
 * the end of the call waits for the end of the work.
 */
final class Exchange<Q, R> extends ServerCall.Listener<Q> implements Source<Q>, Sink<R> {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** How long a client may keep a call open and neither send nor read; it is gone by then. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  /** How long the end of a cancelled call waits for work that cannot be interrupted. */
  private static final Duration WIND_DOWN = Duration.ofMinutes(2);

  private final ServerCall<Q, R> call;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Q> arrived = new ArrayDeque<>();
  private boolean asked;
  private boolean halfClosed;
  private boolean over;
  private boolean opened;
  private boolean interruptible;
  private volatile @Nullable Thread worker;

  private Exchange(ServerCall<Q, R> call) {
    this.call = call;
  }

  static <Q, R> Exchange<Q, R> start(
      ServerCall<Q, R> call, CallHeaders headers, Replies.Conversation<Q, R> method) {
    Exchange<Q, R> exchange = new Exchange<>(call);
    Thread worker =
        Thread.ofVirtual()
            .name(call.getMethodDescriptor().getFullMethodName())
            .unstarted(() -> exchange.work(headers, method));
    exchange.worker = worker;
    if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
      exchange.asked = true;
      call.request(1);
    } else {
      worker.start();
    }
    return exchange;
  }

  private void work(CallHeaders headers, Replies.Conversation<Q, R> method) {
    Status status = Status.OK;
    try {
      method.reply(headers, this, this);
    } catch (GantryException | InterruptedException expected) {
      status = GrpcErrors.toStatus(expected);
    } catch (Throwable unexpected) { // a call must not end without an answer
      status = GrpcErrors.toStatus(unexpected);
      log.warn("{} failed", call.getMethodDescriptor().getFullMethodName(), unexpected);
    }
    lock.lock();
    try {
      interruptible = false;
      if (!over) {
        call.close(status, new Metadata());
      }
      // who else still uses the stream must not send behind its end
      over = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Optional<Q> next() throws InterruptedException {
    return next(PATIENCE);
  }

  @Override
  public Optional<Q> next(Duration patience) throws InterruptedException {
    boolean mustAsk;
    lock.lock();
    try {
      mustAsk = !asked && !halfClosed && arrived.isEmpty();
      asked |= mustAsk;
    } finally {
      lock.unlock();
    }
    if (mustAsk) {
      // not under the lock: what has arrived may be handed over at once
      call.request(1);
    }
    lock.lock();
    try {
      await(() -> !arrived.isEmpty() || halfClosed, "read request", patience);
      return Optional.ofNullable(arrived.poll());
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void send(R message) throws InterruptedException {
    lock.lock();
    try {
      open();
      await(call::isReady, "send answer", PATIENCE);
      call.sendMessage(message);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void open() {
    lock.lock();
    try {
      if (!opened && !over) {
        opened = true;
        call.sendHeaders(new Metadata());
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void interruptWhenOver() {
    lock.lock();
    try {
      interruptible = true;
      if (over) {
        Thread.currentThread().interrupt();
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(BooleanSupplier condition, String what, Duration patience)
      throws InterruptedException {
    long left = patience.toNanos();
    while (!over && !condition.getAsBoolean()) {
      if (left <= 0) {
        throw new DeadlineExceededException(what + ": the client did nothing for " + patience);
      }
      left = changed.awaitNanos(left);
    }
    if (over) {
      throw new CanceledException(what + ": the client is gone");
    }
  }

  @Override
  public void onMessage(Q message) {
    change(
        () -> {
          asked = false;
          arrived.add(message);
        });
  }

  /** Who sends one request only has sent it by now, so that its thread need not wait for it. */
  @Override
  public void onHalfClose() {
    change(() -> halfClosed = true);
    Thread thread = worker;
    if (thread != null && thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  @Override
  public void onReady() {
    change(() -> {});
  }

  @Override
  public void onCancel() {
    change(this::end);
    waitForWorker();
  }

  /** The worker may be in the middle: not only it can close the call, the server can too. */
  @Override
  public void onComplete() {
    change(this::end);
    waitForWorker();
  }

  private void change(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    over = true;
    Thread thread = worker;
    if (interruptible && thread != null) {
      thread.interrupt();
    }
  }

  private void waitForWorker() {
    Thread thread = worker;
    try {
      if (thread != null
          && thread.getState() != Thread.State.NEW
          && thread.threadId() != Thread.currentThread().threadId()
          && !thread.join(WIND_DOWN)) {
        log.warn(
            "{} goes on {} s after its client left",
            call.getMethodDescriptor().getFullMethodName(),
            WIND_DOWN.toSeconds());
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
