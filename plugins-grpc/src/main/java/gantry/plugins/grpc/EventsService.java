// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.events.v1.EventsGrpc;
import containerd.services.events.v1.ForwardRequest;
import containerd.services.events.v1.PublishRequest;
import containerd.services.events.v1.SubscribeRequest;
import containerd.types.Envelope;
import gantry.errors.InvalidArgumentException;
import gantry.events.EventBus;
import gantry.events.Subscription;
import gantry.filters.FilterParser;
import gantry.names.Identifier;
import gantry.plugins.OutlivingCalls;
import gantry.plugins.Plugin;
import gantry.wire.EventWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The events service. A subscription sees all namespaces; its filters may narrow that. */
@Component(name = EventsService.PLUGIN, immediate = true)
@Plugin(value = EventsService.PLUGIN, plugin_requires = "io.containerd.event.v1")
@OutlivingCalls("Subscribe")
public final class EventsService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.events";

  /** A subscriber that hears nothing is woken this often, for nothing but to wait again. */
  private static final Duration PULSE = Duration.ofMinutes(5);

  private final Replies replies = new Replies();
  private final EventBus events;

  /** Serves the daemon's events. */
  @Activate
  public EventsService(@Reference EventBus events) {
    this.events = events;
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(EventsGrpc.getServiceDescriptor())
        .addMethod(EventsGrpc.getPublishMethod(), replies.unary(this::publish))
        .addMethod(EventsGrpc.getForwardMethod(), replies.unary(this::forward))
        .addMethod(EventsGrpc.getSubscribeMethod(), replies.streaming(this::subscribe))
        .build();
  }

  private Empty publish(CallHeaders headers, PublishRequest request) {
    var namespace = headers.namespace();
    requireTopic(request.getTopic());
    events.publish(namespace, EventWire.decode(request.getTopic(), request.getEvent()));
    return Empty.getDefaultInstance();
  }

  private Empty forward(CallHeaders headers, ForwardRequest request) {
    Envelope envelope = request.getEnvelope();
    requireTopic(envelope.getTopic());
    if (!envelope.hasTimestamp()) {
      throw new InvalidArgumentException("forward event: timestamp must be set");
    }
    events.forward(EventWire.decode(envelope));
    return Empty.getDefaultInstance();
  }

  private void subscribe(CallHeaders headers, SubscribeRequest request, Sink<Envelope> answers)
      throws InterruptedException {
    var filter = FilterParser.parse(request.getFiltersList());
    answers.interruptWhenOver();
    try (Subscription subscription = events.subscribe(filter)) {
      answers.open();
      while (!Thread.currentThread().isInterrupted()) {
        Optional<gantry.events.Envelope> envelope = subscription.next(PULSE);
        if (envelope.isPresent()) {
          answers.send(EventWire.encode(envelope.get()));
        }
      }
    }
  }

  private static void requireTopic(String topic) {
    if (!topic.startsWith("/") || topic.length() == 1) {
      throw new InvalidArgumentException(
          "event topic \"%s\": must start with '/' and name something".formatted(topic));
    }
    for (String component : topic.substring(1).split("/", -1)) {
      Identifier.require("event topic component", component);
    }
  }
}
