// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import gantry.errors.InvalidArgumentException;
import gantry.events.Envelope;
import gantry.events.Event;
import gantry.mounts.Mount;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EventWireTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final TypedValue OPTIONS = new TypedValue("a.B", new byte[] {1, 2});

  private static List<Event> oneOfEach() {
    Map<String, String> labels = Map.of("a", "b");
    return List.of(
        new Event.ContainerCreate("c", "img", "io.containerd.runc.v2", OPTIONS),
        new Event.ContainerUpdate("c", "img", labels, "key"),
        new Event.ContainerDelete("c"),
        new Event.ContentCreate("sha256:1", 7),
        new Event.ContentDelete("sha256:1"),
        new Event.ImageCreate("i", labels),
        new Event.ImageUpdate("i", labels),
        new Event.ImageDelete("i"),
        new Event.NamespaceCreate("n", labels),
        new Event.NamespaceUpdate("n", labels),
        new Event.NamespaceDelete("n"),
        new Event.SnapshotPrepare("k", "p", "overlayfs"),
        new Event.SnapshotCommit("k", "n", "overlayfs"),
        new Event.SnapshotRemove("k", "overlayfs"),
        new Event.TaskCreate(
            "c",
            "/run/b",
            List.of(Mount.of("bind", "/x", List.of("ro"))),
            new Event.TaskIo("in", "out", "err", true),
            "cp",
            12),
        new Event.TaskStart("c", 12),
        new Event.TaskExit("c", "e", 12, 137, AT),
        new Event.TaskDelete("c", 12, 137, AT, "e"),
        new Event.TaskOom("c"),
        new Event.TaskExecAdded("c", "e"),
        new Event.TaskExecStarted("c", "e", 13),
        new Event.TaskPaused("c"),
        new Event.TaskResumed("c"),
        new Event.Opaque("/sandboxes/start", OPTIONS));
  }

  @Test
  void everyEvent_survivesTheWayOutAndBack() {
    assertThat(oneOfEach().stream().map(Event::getClass).collect(Collectors.toSet()))
        .hasSize(Event.class.getPermittedSubclasses().length);
    for (Event event : oneOfEach()) {
      Envelope envelope = new Envelope(AT, "ns", event);
      assertThat(EventWire.decode(EventWire.encode(envelope))).isEqualTo(envelope);
    }
  }

  @Test
  void typeUrls_areBareNames() {
    assertThat(EventWire.encode(new Event.TaskExit("c", "c", 1, 0, AT)).getTypeUrl())
        .isEqualTo("containerd.events.TaskExit");
    assertThat(EventWire.encode(new Event.ImageCreate("i", Map.of())).getTypeUrl())
        .isEqualTo("containerd.services.images.v1.ImageCreate");
  }

  @Test
  void prefixedTypeUrl_isUnderstood() {
    Any any =
        EventWire.encode(new Event.TaskOom("c")).toBuilder()
            .setTypeUrl("type.googleapis.com/containerd.events.TaskOOM")
            .build();
    assertThat(EventWire.decode("/tasks/oom", any)).isEqualTo(new Event.TaskOom("c"));
  }

  @Test
  void knownTypeUnderForeignTopic_isCarriedThrough() {
    Any any = EventWire.encode(new Event.TaskOom("c"));
    Event event = EventWire.decode("/mine/oom", any);
    assertThat(event.topic()).isEqualTo("/mine/oom");
    assertThat(EventWire.encode(event)).isEqualTo(any);
  }

  @Test
  void valueThatIsNotItsType_isRefused() {
    Any any =
        Any.newBuilder()
            .setTypeUrl("containerd.events.TaskOOM")
            .setValue(ByteString.copyFrom(new byte[] {-1, -1}))
            .build();
    assertThatThrownBy(() -> EventWire.decode("/tasks/oom", any))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("/tasks/oom");
  }

  @Test
  void everyTopicButTheOpaque_hasItsOwn() {
    assertThat(oneOfEach().stream().map(Event::topic).distinct().count())
        .isEqualTo(Arrays.stream(Event.class.getPermittedSubclasses()).count());
  }
}
