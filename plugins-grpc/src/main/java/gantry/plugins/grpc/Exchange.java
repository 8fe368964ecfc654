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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call in progress: the meeting point of gRPC's callbacks and the thread that handles the call.
 * Only that thread closes it. The last callback returns after that thread is done, so who waits for
 * the end of the call waits for the end of the work. A call that hears of nothing between its
 * request and its answer is handled in the callback itself: another thread would cost it as much
 * again as the work of a small call.
 */
final class Exchange<Q, R> extends ServerCall.Listener<Q> implements Source<Q>, Sink<R> {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  /** How long a client may keep a call open and neither send nor read; it is gone by then. */
  private static final Duration PATIENCE = Duration.ofDays(1);

  /** How long the end of a cancelled call waits for work that cannot be interrupted. */
  private static final Duration WIND_DOWN = Duration.ofMinutes(2);

  private final ServerCall<Q, R> call;
  private final CallHeaders headers;
  private final Replies.Conversation<Q, R> method;
  private final boolean hearsNothing;
  private final CountDownLatch done = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Q> arrived = new ArrayDeque<>();
  private boolean asked;
  private boolean halfClosed;
  private boolean over;
  private boolean opened;
  private boolean interruptible;
  private volatile @Nullable Thread worker;

  private Exchange(
      ServerCall<Q, R> call,
      CallHeaders headers,
      Replies.Conversation<Q, R> method,
      boolean hearsNothing) {
    this.call = call;
    this.headers = headers;
    this.method = method;
    this.hearsNothing = hearsNothing;
  }

  /** Begins a call that gets a thread of its own. */
  static <Q, R> Exchange<Q, R> start(
      ServerCall<Q, R> call, CallHeaders headers, Replies.Conversation<Q, R> method) {
    Exchange<Q, R> exchange = new Exchange<>(call, headers, method, false);
    if (call.getMethodDescriptor().getType().clientSendsOneMessage()) {
      exchange.ask();
    } else {
      exchange.begin();
    }
    return exchange;
  }

  /**
   * Begins a call whose method reads one request, gives one answer and does not mind whether the
   * client is still there.
   */
  static <Q, R> Exchange<Q, R> startSmall(
      ServerCall<Q, R> call, CallHeaders headers, Replies.Conversation<Q, R> method) {
    Exchange<Q, R> exchange = new Exchange<>(call, headers, method, true);
    exchange.ask();
    return exchange;
  }

  private void ask() {
    asked = true;
    call.request(1);
  }

  private void begin() {
    Thread thread = Thread.ofVirtual().name(name()).unstarted(this::work);
    worker = thread;
    thread.start();
  }

  private String name() {
    return call.getMethodDescriptor().getFullMethodName();
  }

  private void work() {
    try {
      reply();
    } finally {
      done.countDown();
    }
  }

  private void reply() {
    Status status = Status.OK;
    try {
      method.reply(headers, this, this);
    } catch (GantryException | InterruptedException expected) {
      status = GrpcErrors.toStatus(expected);
    } catch (Throwable unexpected) { // a call must not end without an answer
      status = GrpcErrors.toStatus(unexpected);
      log.warn("{} failed", name(), unexpected);
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
      if (!hearsNothing) {
        await(call::isReady, "send answer", PATIENCE);
      }
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
    if (hearsNothing) {
      Thread thread = Thread.currentThread();
      thread.setName(name());
      worker = thread;
      work();
    } else if (worker == null) {
      begin();
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
          && thread.threadId() != Thread.currentThread().threadId()
          && !done.await(WIND_DOWN.toSeconds(), TimeUnit.SECONDS)) {
        log.warn("{} goes on {} s after its client left", name(), WIND_DOWN.toSeconds());
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }
}
