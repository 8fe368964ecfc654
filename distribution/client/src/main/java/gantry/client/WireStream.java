// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import gantry.errors.CanceledException;
import gantry.errors.DeadlineExceededException;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Both directions of a stream, blocking. One thread reads and writes; any may close it. */
final class WireStream<Q, R> implements AutoCloseable {
  private final Wire wire;
  private final BlockingClientCall<Q, R> call;

  WireStream(Wire wire, BlockingClientCall<Q, R> call) {
    this.wire = wire;
    this.call = call;
  }

  /** Sends a message; false if the daemon has ended the stream, {@link #receive} then says why. */
  boolean send(Q message) {
    try {
      return call.write(message, wire.patience(), TimeUnit.MILLISECONDS);
    } catch (StatusException failure) {
      throw wire.failed(failure.getStatus());
    } catch (TimeoutException late) {
      throw new DeadlineExceededException("send to " + wire.address() + ": no progress", late);
    } catch (InterruptedException gone) {
      throw interrupted(gone);
    }
  }

  /** The next message, within the deadline of long calls; null at the end of the stream. */
  @Nullable R receive() {
    return receiveWithin(Duration.ofMillis(wire.patience()));
  }

  /** The next message, however long it takes; null at the end of the stream. */
  @Nullable R receivePatiently() {
    try {
      return call.read();
    } catch (StatusException failure) {
      throw wire.failed(failure.getStatus());
    } catch (InterruptedException gone) {
      throw interrupted(gone);
    }
  }

  /**
   * The next message, if it comes in time; null at the end of the stream.
   *
   * @throws DeadlineExceededException if it does not; the stream goes on
   */
  @Nullable R receiveWithin(Duration timeout) {
    try {
      return call.read(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (StatusException failure) {
      throw wire.failed(failure.getStatus());
    } catch (TimeoutException late) {
      throw new DeadlineExceededException("wait for " + wire.address() + ": no answer", late);
    } catch (InterruptedException gone) {
      throw interrupted(gone);
    }
  }

  /** Says that nothing more will be sent. */
  void end() {
    call.halfClose();
  }

  @Override
  public void close() {
    call.cancel("closed by the caller", null);
  }

  private static CanceledException interrupted(InterruptedException gone) {
    Thread.currentThread().interrupt();
    return new CanceledException("wait for the daemon: interrupted", gone);
  }
}
