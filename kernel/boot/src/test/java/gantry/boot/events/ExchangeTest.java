// SPDX-License-Identifier: Apache-2.0
package gantry.boot.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import gantry.errors.CanceledException;
import gantry.errors.InvalidArgumentException;
import gantry.errors.ResourceExhaustedException;
import gantry.events.Envelope;
import gantry.events.Event;
import gantry.events.Subscription;
import gantry.filters.Filter;
import gantry.names.Namespace;
import gantry.typed.TypedValue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Namespace NAMESPACE = new Namespace("a");

  private final Exchange bus = new Exchange(Clock.systemUTC(), 2);

  @Test
  void publish_reachesWhoSubscribedBefore() throws InterruptedException {
    bus.publish(NAMESPACE, new Event.ContainerDelete("early"));
    try (Subscription subscription = bus.subscribe(Filter.ALL)) {
      Event event = new Event.ContainerDelete("c");
      bus.publish(NAMESPACE, event);

      Envelope envelope = subscription.next(SOON).orElseThrow();

      assertThat(envelope.event()).isEqualTo(event);
      assertThat(envelope.namespace()).isEqualTo("a");
      assertThat(subscription.next(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void publish_passesOverWhoFiltersItOut() throws InterruptedException {
    try (Subscription subscription =
        bus.subscribe(fields -> fields.field(List.of("namespace")).equals(Optional.of("b")))) {
      bus.publish(NAMESPACE, new Event.ContainerDelete("c"));

      assertThat(subscription.next(Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void subscriberThatFallsBehind_isCutOffAndCostsOthersNothing() throws InterruptedException {
    try (Subscription slow = bus.subscribe(Filter.ALL);
        Subscription quick = bus.subscribe(Filter.ALL)) {
      for (int i = 0; i < 5; i++) {
        bus.publish(NAMESPACE, new Event.ContainerDelete("c" + i));
        assertThat(quick.next(SOON)).isPresent();
      }

      assertThat(slow.next(SOON)).isPresent();
      assertThat(slow.next(SOON)).isPresent();
      assertThatThrownBy(() -> slow.next(SOON)).isInstanceOf(ResourceExhaustedException.class);
    }
  }

  @Test
  void next_onClosedSubscription_isCanceled() {
    Subscription subscription = bus.subscribe(Filter.ALL);
    subscription.close();

    assertThatThrownBy(() -> subscription.next(SOON)).isInstanceOf(CanceledException.class);
  }

  @Test
  void forward_ofMalformedEnvelope_isRefused() {
    Event event = new Event.ContainerDelete("c");

    assertThatThrownBy(() -> bus.forward(new Envelope(Instant.now(), "", event)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("invalid namespace");
    assertThatThrownBy(() -> bus.forward(new Envelope(Instant.EPOCH, "a", event)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("timestamp must be set");
    Event elsewhere = new Event.Opaque("tasks/x", new TypedValue("x", new byte[0]));
    assertThatThrownBy(() -> bus.forward(new Envelope(Instant.now(), "a", elsewhere)))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("envelope topic \"tasks/x\": must start with '/'");
  }
}
