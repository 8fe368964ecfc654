// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import containerd.types.Envelope;
import gantry.errors.InvalidArgumentException;
import gantry.events.Event;

/**
 * Events. One of a type that is not known here, or that came under another topic than its own, is
 * carried through byte for byte.
 */
public final class EventWire {
  private EventWire() {}

  /** Encodes an event without its envelope. */
  public static Any encode(Event event) {
    return event instanceof Event.Opaque opaque
        ? AnyWire.encode(opaque.value())
        : AnyWire.pack(EventEncoder.message(event));
  }

  /**
   * Decodes an event.
   *
   * @throws InvalidArgumentException if the value is not what its type says
   */
  public static Event decode(String topic, Any value) {
    Event event;
    try {
      event = EventDecoder.event(AnyWire.typeName(value.getTypeUrl()), value.getValue());
    } catch (InvalidProtocolBufferException malformed) {
      throw new InvalidArgumentException(
          "decode event of topic %s: value is no %s".formatted(topic, value.getTypeUrl()),
          malformed);
    }
    return event != null && event.topic().equals(topic)
        ? event
        : new Event.Opaque(topic, AnyWire.decode(value));
  }

  /** Encodes an event with its envelope. */
  public static Envelope encode(gantry.events.Envelope envelope) {
    return Envelope.newBuilder()
        .setTimestamp(TimestampWire.encode(envelope.timestamp()))
        .setNamespace(envelope.namespace())
        .setTopic(envelope.topic())
        .setEvent(encode(envelope.event()))
        .build();
  }

  /**
   * Decodes an event with its envelope. Whether the envelope is complete is for the event bus to
   * say; a time that is missing is {@link TimestampWire#NONE}.
   *
   * @throws InvalidArgumentException if the value is not what its type says
   */
  public static gantry.events.Envelope decode(Envelope envelope) {
    return new gantry.events.Envelope(
        TimestampWire.decode(envelope.getTimestamp()),
        envelope.getNamespace(),
        decode(envelope.getTopic(), envelope.getEvent()));
  }
}
