// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.events.v1.EventsGrpc;
import containerd.services.events.v1.PublishRequest;
import containerd.services.events.v1.SubscribeRequest;
import gantry.events.Event;
import gantry.wire.EventWire;
import java.util.List;

/** Events. */
public final class EventsClient {
  private final Wire wire;

  EventsClient(Wire wire) {
    this.wire = wire;
  }

  /** Tells everybody of an event in the client's namespace. */
  public void publish(Event event) {
    wire.call(
        EventsGrpc.getPublishMethod(),
        PublishRequest.newBuilder()
            .setTopic(event.topic())
            .setEvent(EventWire.encode(event))
            .build());
  }

  /**
   * Begins to receive what happens, in all namespaces, and matches any filter. The daemon does not
   * say when it has begun to listen: what happens in the first moments may be missed.
   *
   * @param filters for instance {@code namespace==default}; everything if there is none
   */
  public EventStream subscribe(List<String> filters) {
    SubscribeRequest request = SubscribeRequest.newBuilder().addAllFilters(filters).build();
    return new EventStream(wire.subscribe(EventsGrpc.getSubscribeMethod(), request));
  }
}
