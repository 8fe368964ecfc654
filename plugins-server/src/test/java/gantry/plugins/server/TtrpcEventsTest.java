// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import containerd.services.events.ttrpc.v1.ForwardRequest;
import gantry.boot.sockets.Sockets;
import gantry.errors.UnimplementedException;
import gantry.events.Envelope;
import gantry.events.Event;
import gantry.testkit.RecordingEventBus;
import gantry.ttrpc.TtrpcClient;
import gantry.wire.EventWire;
import io.gantry.admin.v1.ForwardAllRequest;
import io.gantry.admin.v1.ForwardAllResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class TtrpcEventsTest {
  private static final String SERVICE = "containerd.services.events.ttrpc.v1.Events";

  @TempDir Path dir;
  private final RecordingEventBus events = new RecordingEventBus();
  private Path socket;
  private Sockets sockets;
  private TtrpcEvents server;

  @BeforeEach
  void serve() throws IOException {
    sockets = new Sockets(dir.resolve("keeper.sock"), Map.of(), () -> true);
    socket = dir.resolve("g.sock.ttrpc");
    server = new TtrpcEvents(socket.toString(), 0, 0, sockets, events);
    server.open();
    server.takeOver();
  }

  @AfterEach
  void close() {
    server.close();
    sockets.close();
    assertThat(socket).doesNotExist();
  }

  private void call(String service, String method, ForwardRequest request)
      throws IOException, InterruptedException {
    try (TtrpcClient client = TtrpcClient.connect(socket)) {
      client.call(service, method, request, Empty.parser(), Duration.ofSeconds(10), Map.of());
    }
  }

  @Test
  void forwardedEvent_isOnTheBus() throws Exception {
    Envelope envelope =
        new Envelope(
            Instant.parse("2026-01-02T03:04:05Z"),
            "ns",
            new Event.TaskExit("c", "c", 7, 137, Instant.parse("2026-01-02T03:04:04Z")));
    call(
        SERVICE,
        "Forward",
        ForwardRequest.newBuilder().setEnvelope(EventWire.encode(envelope)).build());
    assertThat(events.envelopes()).containsExactly(envelope);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-rw----");
  }

  @Test
  void manyEvents_areTakenInInTheirOrder() throws Exception {
    List<Envelope> all = new ArrayList<>();
    for (int pid = 1; pid <= 3; pid++) {
      all.add(new Envelope(Instant.ofEpochSecond(pid), "ns", new Event.TaskStart("c", pid)));
    }
    ForwardAllRequest request =
        ForwardAllRequest.newBuilder()
            .addAllEnvelopes(all.stream().map(EventWire::encode).toList())
            .build();
    try (TtrpcClient client = TtrpcClient.connect(socket)) {
      ForwardAllResponse answer =
          client.call(
              "gantry.admin.v1.Events",
              "ForwardAll",
              request,
              ForwardAllResponse.parser(),
              Duration.ofSeconds(10),
              Map.of());
      assertThat(answer.getTaken()).isEqualTo(3);
    }
    assertThat(events.envelopes()).isEqualTo(all);
  }

  @Test
  void anythingElse_isUnimplemented() {
    ForwardRequest request = ForwardRequest.getDefaultInstance();
    assertThatThrownBy(() -> call(SERVICE, "Subscribe", request))
        .isInstanceOf(UnimplementedException.class);
    assertThatThrownBy(() -> call("containerd.services.tasks.v1.Tasks", "List", request))
        .isInstanceOf(UnimplementedException.class);
    assertThat(events.envelopes()).isEmpty();
  }
}
