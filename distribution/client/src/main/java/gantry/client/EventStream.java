// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.events.v1.SubscribeRequest;
import containerd.types.Envelope;
import gantry.wire.EventWire;
import java.time.Duration;
import java.util.Optional;

/** Events as they happen. One thread reads; any may close it. */
public final class EventStream implements AutoCloseable {
  private final WireStream<SubscribeRequest, Envelope> stream;

  EventStream(WireStream<SubscribeRequest, Envelope> stream) {
    this.stream = stream;
  }

  /**
   * Waits for the next event, without limit.
   *
   * @return empty if the daemon ended the stream
   * @throws gantry.errors.UnavailableException if the connection was lost
   * @throws gantry.errors.CanceledException if the stream was closed or the thread interrupted
   */
  public Optional<gantry.events.Envelope> next() {
    Envelope envelope = stream.receivePatiently();
    return envelope == null ? Optional.empty() : Optional.of(EventWire.decode(envelope));
  }

  /**
   * Waits for the next event for some time.
   *
   * @return empty if the daemon ended the stream
   * @throws gantry.errors.DeadlineExceededException if nothing happened; the stream goes on
   */
  public Optional<gantry.events.Envelope> next(Duration timeout) {
    Envelope envelope = stream.receiveWithin(timeout);
    return envelope == null ? Optional.empty() : Optional.of(EventWire.decode(envelope));
  }

  @Override
  public void close() {
    stream.close();
  }
}
