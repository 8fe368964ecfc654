// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import com.google.protobuf.MessageLite;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A call in a provider. Its end is told to the provider once, after the handler has seen it; and it
 * can be ended from outside, while the handler may still be sending.
 */
final class GuardedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {
  private final int messageMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicBoolean told = new AtomicBoolean();
  private @Nullable Provider provider;
  private volatile ServerCall.@Nullable Listener<Q> handler;
  private volatile boolean closed;

  /**
   * Guards a call.
   *
   * @param messageMax bytes a message to the client may have
   */
  GuardedCall(ServerCall<Q, R> call, int messageMax) {
    super(call);
    this.messageMax = messageMax;
  }

  /** Hands the call to a provider's handler. */
  ServerCall.Listener<Q> start(
      Provider provider, ServerCallHandler<Q, R> starter, Metadata headers) {
    this.provider = provider;
    ServerCall.Listener<Q> listener;
    try {
      listener = starter.startCall(this, headers);
    } catch (RuntimeException | Error e) {
      provider.leave(this);
      throw e;
    }
    handler = listener;
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onCancel() {
        tell(super::onCancel);
      }

      @Override
      public void onComplete() {
        tell(super::onComplete);
      }
    };
  }

  /** Ends the call now: the client gets this status, the handler sees a cancellation. */
  void end(Status status) {
    close(status, new Metadata());
    ServerCall.Listener<Q> listener = handler;
    if (listener != null) {
      tell(listener::onCancel);
    }
  }

  private void tell(Runnable end) {
    if (!told.compareAndSet(false, true)) {
      return;
    }
    try {
      end.run();
    } finally {
      Provider home = provider;
      if (home != null) {
        home.leave(this);
      }
    }
  }

  @Override
  public void sendHeaders(Metadata headers) {
    unlessClosed(() -> super.sendHeaders(headers));
  }

  @Override
  public void sendMessage(R message) {
    if (message instanceof MessageLite known && known.getSerializedSize() > messageMax) {
      close(
          Status.RESOURCE_EXHAUSTED.withDescription(
              "trying to send message larger than max (%d vs. %d)"
                  .formatted(known.getSerializedSize(), messageMax)),
          new Metadata());
      return;
    }
    unlessClosed(() -> super.sendMessage(message));
  }

  @Override
  public void close(Status status, Metadata trailers) {
    unlessClosed(
        () -> {
          closed = true;
          super.close(status, trailers);
        });
  }

  @Override
  public boolean isReady() {
    return !closed && super.isReady();
  }

  @Override
  public boolean isCancelled() {
    return closed || super.isCancelled();
  }

  private void unlessClosed(Runnable action) {
    lock.lock();
    try {
      if (!closed) {
        action.run();
      }
    } finally {
      lock.unlock();
    }
  }
}
