// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import containerd.services.sandbox.v1.ControllerCreateRequest;
import containerd.services.sandbox.v1.ControllerGrpc;
import containerd.services.sandbox.v1.ControllerStartRequest;
import containerd.services.sandbox.v1.ControllerStatusRequest;
import containerd.services.sandbox.v1.ControllerStopRequest;
import containerd.services.sandbox.v1.ControllerUpdateRequest;
import containerd.services.sandbox.v1.ControllerWaitRequest;
import containerd.services.sandbox.v1.StoreCreateRequest;
import containerd.services.sandbox.v1.StoreDeleteRequest;
import containerd.services.sandbox.v1.StoreGetRequest;
import containerd.services.sandbox.v1.StoreGrpc;
import containerd.services.sandbox.v1.StoreListRequest;
import containerd.services.sandbox.v1.StoreUpdateRequest;
import gantry.errors.NotFoundException;
import gantry.errors.UnavailableException;
import gantry.events.Event;
import gantry.labels.Labels;
import gantry.plugins.TimeLimits;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.SandboxController;
import gantry.sandboxes.SandboxEndpoint;
import gantry.sandboxes.SandboxExit;
import gantry.sandboxes.SandboxStart;
import gantry.sandboxes.SandboxStatus;
import gantry.sandboxes.Sandboxes;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SandboxServicesTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final SandboxEndpoint ENDPOINT = new SandboxEndpoint("ttrpc+unix:///s", 3);
  private static final Sandbox SANDBOX =
      new Sandbox(
          "s",
          Labels.none().with("a", "1"),
          "io.containerd.kata.v2",
          new TypedValue("options", new byte[] {1}),
          new TypedValue("spec", new byte[] {2}),
          "shim",
          AT,
          AT,
          Map.of("x", new TypedValue("extension", new byte[] {3})));

  private final Fakes fakes = new Fakes();
  private final RecordingEventBus events = new RecordingEventBus();

  @Test
  void store_passesRecordsOnWhole() throws Exception {
    Sandboxes sandboxes =
        fakes.of(
            Sandboxes.class,
            Map.of(
                "create", arguments -> arguments[0],
                "update", arguments -> arguments[0],
                "get", arguments -> SANDBOX,
                "list", arguments -> List.of(SANDBOX, SANDBOX)));
    FixedHandle<gantry.metadata.Metadata> metadata =
        FixedHandle.of(fakes.metadata(Map.of("sandboxes", arguments -> sandboxes)));
    try (Served served = Served.in("ns", new SandboxesService(metadata))) {
      var stub = StoreGrpc.newBlockingStub(served.channel());
      containerd.types.Sandbox sent =
          stub.get(StoreGetRequest.newBuilder().setSandboxId("s").build()).getSandbox();

      assertThat(sent.getSandboxId()).isEqualTo("s");
      assertThat(sent.getSandboxer()).isEqualTo("shim");
      assertThat(sent.getRuntime().getName()).isEqualTo("io.containerd.kata.v2");
      assertThat(sent.getExtensionsOrThrow("x").getTypeUrl()).isEqualTo("extension");
      assertThat(stub.create(StoreCreateRequest.newBuilder().setSandbox(sent).build()).getSandbox())
          .isEqualTo(sent);
      stub.update(StoreUpdateRequest.newBuilder().setSandbox(sent).addFields("labels.a").build());
      stub.delete(StoreDeleteRequest.newBuilder().setSandboxId("s").build());
      assertThat(stub.list(StoreListRequest.getDefaultInstance()).getListCount()).isEqualTo(2);
      assertThatThrownBy(() -> stub.list(StoreListRequest.newBuilder().addFilters("a==").build()))
          .hasMessageContaining("INVALID_ARGUMENT");
      assertThat(fakes.calls())
          .contains("create[%s]".formatted(SANDBOX), "delete[s]", "caller ns null")
          .anyMatch(call -> call.startsWith("update[") && call.contains("labels.a"));
    }
  }

  @Test
  void controller_isChosenByName() throws Exception {
    try (Served served = Served.in("ns", service(Map.of()))) {
      var stub = ControllerGrpc.newBlockingStub(served.channel());

      assertThatThrownBy(() -> stub.start(ControllerStartRequest.getDefaultInstance()))
          .hasMessageStartingWith("INVALID_ARGUMENT: sandbox controller name can not be empty");
      assertThatThrownBy(
              () -> stub.start(ControllerStartRequest.newBuilder().setSandboxer("vm").build()))
          .hasMessageStartingWith("NOT_FOUND: failed to get sandbox controller by vm");
      assertThatThrownBy(
              () -> stub.update(ControllerUpdateRequest.newBuilder().setSandboxer("shim").build()))
          .hasMessageStartingWith("UNKNOWN: sandbox can not be nil");
      stub.stop(
          ControllerStopRequest.newBuilder()
              .setSandboxer("shim")
              .setSandboxId("s")
              .setTimeoutSecs(3)
              .build());
      assertThat(fakes.calls()).contains("stop[ns, s, PT3S]");
    }
  }

  @Test
  void controller_createAndStart_arePublished() throws Exception {
    SandboxStart started = new SandboxStart(42, AT, Map.of("l", "v"), ENDPOINT, null);
    try (Served served = Served.in("ns", service(Map.of("start", arguments -> started)))) {
      var stub = ControllerGrpc.newBlockingStub(served.channel());

      stub.create(
          ControllerCreateRequest.newBuilder()
              .setSandboxer("shim")
              .setSandboxId("s")
              .setNetnsPath("/run/netns/s")
              .build());
      var response =
          stub.start(
              ControllerStartRequest.newBuilder().setSandboxer("shim").setSandboxId("s").build());

      assertThat(response.getPid()).isEqualTo(42);
      assertThat(response.getAddress()).isEqualTo("ttrpc+unix:///s");
      assertThat(response.getVersion()).isEqualTo(3);
      assertThat(response.getLabelsMap()).isEqualTo(Map.of("l", "v"));
      assertThat(fakes.calls())
          .anyMatch(
              call -> call.startsWith("create[ns, Sandbox[id=s,") && call.contains("/run/netns/s"));
      assertThat(events.events())
          .containsExactly(
              event(
                  "/sandboxes/create",
                  containerd.events.SandboxCreate.newBuilder().setSandboxId("s").build()),
              event(
                  "/sandboxes/start",
                  containerd.events.SandboxStart.newBuilder().setSandboxId("s").build()));
    }
  }

  @Test
  void controller_thatFails_publishesNothing() throws Exception {
    Fakes.Answer failure =
        arguments -> {
          throw new NotFoundException("sandbox s not found");
        };
    try (Served served =
        Served.in("ns", service(Map.of("start", failure, "create", failure, "await", failure)))) {
      var stub = ControllerGrpc.newBlockingStub(served.channel());

      assertThatThrownBy(
              () -> stub.start(ControllerStartRequest.newBuilder().setSandboxer("shim").build()))
          .hasMessageStartingWith("NOT_FOUND: sandbox s not found");
      assertThatThrownBy(
              () -> stub.create(ControllerCreateRequest.newBuilder().setSandboxer("shim").build()))
          .hasMessageStartingWith("NOT_FOUND");
      assertThatThrownBy(
              () -> stub.wait(ControllerWaitRequest.newBuilder().setSandboxer("shim").build()))
          .hasMessageStartingWith("NOT_FOUND");
      assertThat(events.events()).isEmpty();
    }
  }

  @Test
  void controller_status_alwaysHasAnExtra() throws Exception {
    SandboxStatus status =
        new SandboxStatus("s", 1, "SANDBOX_READY", Map.of("k", "v"), AT, null, null, ENDPOINT);
    try (Served served = Served.in("ns", service(Map.of("status", arguments -> status)))) {
      var response =
          ControllerGrpc.newBlockingStub(served.channel())
              .status(
                  ControllerStatusRequest.newBuilder()
                      .setSandboxer("shim")
                      .setSandboxId("s")
                      .setVerbose(true)
                      .build());

      assertThat(response.hasExtra()).isTrue();
      assertThat(response.getExtra()).isEqualTo(Any.getDefaultInstance());
      assertThat(response.getState()).isEqualTo("SANDBOX_READY");
      assertThat(response.getInfoMap()).isEqualTo(Map.of("k", "v"));
      assertThat(response.getCreatedAt().getSeconds()).isEqualTo(AT.getEpochSecond());
      assertThat(fakes.calls()).contains("status[ns, s, true]");
    }
  }

  @Test
  void controller_wait_publishesTheExit() throws Exception {
    try (Served served =
        Served.in("ns", service(Map.of("await", arguments -> new SandboxExit(7, AT))))) {
      var response =
          ControllerGrpc.newBlockingStub(served.channel())
              .wait(
                  ControllerWaitRequest.newBuilder()
                      .setSandboxer("shim")
                      .setSandboxId("s")
                      .build());

      assertThat(response.getExitStatus()).isEqualTo(7);
      assertThat(events.events())
          .containsExactly(
              event(
                  "/sandboxes/exit",
                  containerd.events.SandboxExit.newBuilder()
                      .setSandboxId("s")
                      .setExitStatus(7)
                      .setExitedAt(response.getExitedAt())
                      .build()));
    }
  }

  @Test
  void controller_wait_thatBreaksWithoutASwap_isAnError() throws Exception {
    Fakes.Answer broken =
        arguments -> {
          throw new UnavailableException("shim does not answer");
        };
    try (Served served = Served.in("ns", service(Map.of("await", broken)))) {
      assertThatThrownBy(
              () ->
                  ControllerGrpc.newBlockingStub(served.channel())
                      .wait(ControllerWaitRequest.newBuilder().setSandboxer("shim").build()))
          .isInstanceOfSatisfying(
              StatusRuntimeException.class,
              e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }
  }

  private SandboxControllersService service(Map<String, Fakes.Answer> answers) {
    SandboxControllersService service = new SandboxControllersService(events, TimeLimits.STANDARD);
    service.bindController(
        FixedHandle.of(fakes.of(SandboxController.class, answers)),
        Map.of(SandboxController.NAME_PROPERTY, "shim"));
    return service;
  }

  private static Event event(String topic, Message message) {
    return new Event.Opaque(topic, AnyWire.typed(message));
  }
}
