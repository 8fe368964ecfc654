// SPDX-License-Identifier: Apache-2.0
package gantry.events;

import static org.assertj.core.api.Assertions.assertThat;

import gantry.filters.FilterParser;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest {
  private static final Event CREATE =
      new Event.TaskCreate("c", "/b", List.of(), new Event.TaskIo("", "/out", "", true), "", 7);

  private static boolean matches(String filter, Event event) {
    Envelope envelope = new Envelope(Instant.EPOCH, "ns", event);
    return FilterParser.parse(List.of(filter)).matches(envelope);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "topic==\"/tasks/create\"",
        "namespace==ns",
        "event.container_id==c",
        "event.bundle",
        "event.io.stdout==\"/out\"",
        "event.io.terminal==true",
        "event.checkpoint!=x",
      })
  void field_thatIsSet_isSeenByFilters(String filter) {
    assertThat(matches(filter, CREATE)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event",
        "event.checkpoint",
        "event.checkpoint==\"\"",
        "event.io",
        "event.io.stdin",
        "event.pid"
      })
  void field_thatIsEmptyOrNoText_isNotThere(String filter) {
    assertThat(matches(filter, CREATE)).isFalse();
  }

  @Test
  void labels_areSeenByFilters() {
    Event event = new Event.ImageCreate("i", Map.of("a.b", "c"));

    assertThat(matches("event.labels.a.b==c", event)).isTrue();
    assertThat(matches("event.labels.a", event)).isFalse();
  }
}
