// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.FieldMask;
import containerd.services.containers.v1.ContainersGrpc;
import containerd.services.containers.v1.ListContainerMessage;
import containerd.services.containers.v1.ListContainersRequest;
import containerd.services.diff.v1.ApplyRequest;
import containerd.services.diff.v1.DiffGrpc;
import containerd.services.events.v1.EventsGrpc;
import containerd.services.events.v1.PublishRequest;
import containerd.services.events.v1.SubscribeRequest;
import containerd.services.images.v1.DeleteImageRequest;
import containerd.services.images.v1.ImagesGrpc;
import containerd.services.images.v1.UpdateImageRequest;
import containerd.services.introspection.v1.IntrospectionGrpc;
import containerd.services.introspection.v1.PluginInfoRequest;
import containerd.services.introspection.v1.PluginsRequest;
import containerd.services.leases.v1.CreateRequest;
import containerd.services.leases.v1.LeasesGrpc;
import containerd.services.snapshots.v1.MountsRequest;
import containerd.services.snapshots.v1.PrepareSnapshotRequest;
import containerd.services.snapshots.v1.SnapshotsGrpc;
import containerd.services.version.v1.VersionGrpc;
import containerd.types.RuntimeInfo;
import containerd.types.RuntimeRequest;
import gantry.containers.Container;
import gantry.containers.Containers;
import gantry.diff.Differ;
import gantry.errors.UnimplementedException;
import gantry.gc.GarbageCollector;
import gantry.images.Image;
import gantry.images.Images;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.Leases;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.plugins.DaemonInfo;
import gantry.plugins.PluginInventory;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import gantry.runtime.RuntimeInspector;
import gantry.snapshots.Snapshotter;
import gantry.testkit.FixedHandle;
import gantry.testkit.RecordingEventBus;
import gantry.typed.TypedValue;
import gantry.wire.AnyWire;
import grpc.health.v1.HealthCheckRequest;
import grpc.health.v1.HealthCheckResponse.ServingStatus;
import grpc.health.v1.HealthGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ServicesTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05Z");
  private static final DaemonInfo DAEMON = new DaemonInfo("2.3.4", "abc", "uuid", 42);

  private final Fakes fakes = new Fakes();
  private final FixedHandle<GarbageCollector> collector =
      FixedHandle.of(fakes.of(GarbageCollector.class, Map.of()));

  private FixedHandle<gantry.metadata.Metadata> metadata(String part, Object provider) {
    return FixedHandle.of(fakes.metadata(Map.of(part, arguments -> provider)));
  }

  @Test
  void containers_areStreamedOneByOne() throws Exception {
    Container container =
        new Container("c", Labels.none(), "", "rt", null, null, "", "", AT, AT, Map.of(), "");
    Containers containers =
        fakes.of(
            Containers.class,
            Map.of(
                "walk",
                arguments -> {
                  @SuppressWarnings("unchecked")
                  Consumer<Container> sink = (Consumer<Container>) arguments[1];
                  sink.accept(container);
                  sink.accept(container);
                  return null;
                }));
    try (Served served =
        Served.in("ns", new ContainersService(metadata("containers", containers)))) {
      var stub = ContainersGrpc.newBlockingV2Stub(served.channel());
      var call = stub.listStream(ListContainersRequest.getDefaultInstance());
      int count = 0;
      for (ListContainerMessage m = call.read(); m != null; m = call.read()) {
        count++;
        assertThat(m.getContainer().getRuntime().getName()).isEqualTo("rt");
      }
      assertThat(count).isEqualTo(2);
      assertThat(stub.list(ListContainersRequest.getDefaultInstance()).getContainersCount())
          .isEqualTo(2);
      assertThatThrownBy(
              () -> stub.list(ListContainersRequest.newBuilder().addFilters("a==").build()))
          .hasMessageContaining("INVALID_ARGUMENT");
    }
  }

  @Test
  void snapshots_nameTheirSnapshotterAndLease() throws Exception {
    Snapshotter snapshotter =
        fakes.of(
            Snapshotter.class,
            Map.of("prepare", arguments -> List.of(Mount.of("bind", "/x", List.of("rw")))));
    try (Served served =
        Served.in("ns", "lease-1", new SnapshotsService(metadata("snapshotter", snapshotter)))) {
      var stub = SnapshotsGrpc.newBlockingStub(served.channel());
      var response =
          stub.prepare(
              PrepareSnapshotRequest.newBuilder()
                  .setSnapshotter("overlayfs")
                  .setKey("k")
                  .setParent("p")
                  .build());
      assertThat(response.getMounts(0).getSource()).isEqualTo("/x");
      assertThat(fakes.calls()).contains("caller ns lease-1", "snapshotter[overlayfs]");
      assertThatThrownBy(() -> stub.mounts(MountsRequest.newBuilder().setKey("k").build()))
          .hasMessageContaining("INVALID_ARGUMENT: snapshotter argument missing");
    }
  }

  /** Clients make ids of leases from random letters, some of which no identifier may end with. */
  @Test
  void leaseOfAnyId_isHandedOn() throws Exception {
    Snapshotter snapshotter = fakes.of(Snapshotter.class, Map.of("mounts", arguments -> List.of()));
    try (Served served =
        Served.in("ns", "915-_a-_", new SnapshotsService(metadata("snapshotter", snapshotter)))) {
      SnapshotsGrpc.newBlockingStub(served.channel())
          .mounts(MountsRequest.newBuilder().setSnapshotter("overlayfs").setKey("k").build());
    }
    assertThat(fakes.calls()).contains("caller ns 915-_a-_");
  }

  @Test
  void imageUpdate_needsATargetOnlyIfItChangesIt() throws Exception {
    Digest digest = Digest.sha256(new byte[0]);
    Image image = new Image("i", Labels.none(), Descriptor.of("m", digest, 1), AT, AT);
    Images images = fakes.of(Images.class, Map.of("update", arguments -> image));
    try (Served served =
        Served.in("ns", new ImagesService(metadata("images", images), collector))) {
      var stub = ImagesGrpc.newBlockingStub(served.channel());
      var wanted = containerd.services.images.v1.Image.newBuilder().setName("i");
      wanted.putLabels("a", "b");
      wanted.getTargetBuilder().putAnnotations("c", "d");
      UpdateImageRequest.Builder request = UpdateImageRequest.newBuilder().setImage(wanted);
      for (String path : List.of("labels", "labels.a", "annotations.c")) {
        request.setUpdateMask(FieldMask.newBuilder().addPaths(path));
        stub.update(request.build());
      }
      assertThat(fakes.calls().getLast()).contains("{a=b}", "{c=d}", "annotations.c");
      for (FieldMask mask :
          List.of(
              FieldMask.getDefaultInstance(),
              FieldMask.newBuilder().addPaths("labels").addPaths("target").build())) {
        assertThatThrownBy(() -> stub.update(request.setUpdateMask(mask).build()))
            .hasMessageContaining("INVALID_ARGUMENT");
      }
    }
  }

  @Test
  void imageDelete_heedsOnlyATargetThatHasADigest() throws Exception {
    Digest digest = Digest.sha256(new byte[0]);
    Images images = fakes.of(Images.class, Map.of());
    try (Served served =
        Served.in("ns", new ImagesService(metadata("images", images), collector))) {
      var stub = ImagesGrpc.newBlockingStub(served.channel());
      DeleteImageRequest.Builder request = DeleteImageRequest.newBuilder().setName("i");
      request.getTargetBuilder().setMediaType("m");
      stub.delete(request.build());
      assertThat(fakes.calls()).contains("delete[i, null]");
      request.getTargetBuilder().setDigest(digest.toString());
      stub.delete(request.build());
      assertThat(fakes.calls()).contains("delete[i, %s]".formatted(digest));
    }
  }

  @Test
  void imageDelete_waitsForACollectionOnlyIfAsked() throws Exception {
    Images images = fakes.of(Images.class, Map.of());
    try (Served served =
        Served.in("ns", new ImagesService(metadata("images", images), collector))) {
      var stub = ImagesGrpc.newBlockingStub(served.channel());
      stub.delete(DeleteImageRequest.newBuilder().setName("i").build());
      assertThat(fakes.calls()).contains("delete[i, null]").noneMatch(c -> c.startsWith("collect"));
      stub.delete(DeleteImageRequest.newBuilder().setName("i").setSync(true).build());
      assertThat(fakes.calls()).anyMatch(c -> c.startsWith("collectAndWait"));
    }
  }

  @Test
  void leases_areMade() throws Exception {
    Leases leases =
        fakes.of(Leases.class, Map.of("create", arguments -> new Lease("l", AT, Labels.none())));
    try (Served served =
        Served.in("ns", new LeasesService(metadata("leases", leases), collector))) {
      var stub = LeasesGrpc.newBlockingStub(served.channel());
      assertThat(stub.create(CreateRequest.getDefaultInstance()).getLease().getId()).isEqualTo("l");
    }
  }

  @Test
  void differs_areAskedInOrderUntilOneTakesIt() throws Exception {
    Digest digest = Digest.sha256(new byte[0]);
    DiffService service = new DiffService(List.of("walking"), false);
    service.bindDiffer(
        FixedHandle.of(
            "io.containerd.differ.v1.all",
            fakes.of(Differ.class, Map.of("apply", a -> Descriptor.of("all", digest, 1)))));
    service.bindDiffer(
        FixedHandle.of(
            "io.containerd.differ.v1.walking",
            fakes.of(
                Differ.class,
                Map.of(
                    "apply",
                    a -> {
                      Descriptor layer = (Descriptor) a[1];
                      if (!layer.mediaType().equals("tar")) {
                        throw new UnimplementedException("media type");
                      }
                      return Descriptor.of("walking", digest, 1);
                    }))));
    try (Served served = Served.in("ns", service)) {
      var stub = DiffGrpc.newBlockingStub(served.channel());
      var layer = containerd.types.Descriptor.newBuilder().setDigest(digest.toString());
      assertThat(
              stub.apply(ApplyRequest.newBuilder().setDiff(layer.setMediaType("tar")).build())
                  .getApplied()
                  .getMediaType())
          .isEqualTo("walking");
      assertThat(
              stub.apply(ApplyRequest.newBuilder().setDiff(layer.setMediaType("x")).build())
                  .getApplied()
                  .getMediaType())
          .isEqualTo("all");
    }
    try (Served served = Served.in("ns", new DiffService(List.of(), false))) {
      var layer = containerd.types.Descriptor.newBuilder().setDigest(digest.toString());
      assertThatThrownBy(
              () ->
                  DiffGrpc.newBlockingStub(served.channel())
                      .apply(ApplyRequest.newBuilder().setDiff(layer).build()))
          .hasMessageContaining("UNIMPLEMENTED");
    }
  }

  @Test
  void events_arePublishedAndSeen() throws Exception {
    RecordingEventBus bus = new RecordingEventBus();
    try (Served served = Served.in("ns", new EventsService(bus))) {
      var stub = EventsGrpc.newBlockingV2Stub(served.channel());
      Any value = Any.newBuilder().setTypeUrl("my.Type").build();
      stub.publish(PublishRequest.newBuilder().setTopic("/my/topic").setEvent(value).build());
      assertThat(bus.topics()).containsExactly("/my/topic");
      for (String bad : List.of("", "/", "no-slash", "/a//b", "/a/b c")) {
        assertThatThrownBy(() -> stub.publish(PublishRequest.newBuilder().setTopic(bad).build()))
            .hasMessageContaining("INVALID_ARGUMENT");
      }
      CompletableFuture<Void> subscribed = new CompletableFuture<>();
      CompletableFuture<containerd.types.Envelope> seen = new CompletableFuture<>();
      ClientCall<SubscribeRequest, containerd.types.Envelope> call =
          served.channel().newCall(EventsGrpc.getSubscribeMethod(), CallOptions.DEFAULT);
      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onHeaders(Metadata headers) {
              subscribed.complete(null);
            }

            @Override
            public void onMessage(containerd.types.Envelope message) {
              seen.complete(message);
            }
          },
          new Metadata());
      call.sendMessage(SubscribeRequest.getDefaultInstance());
      call.halfClose();
      call.request(1);
      subscribed.get(10, TimeUnit.SECONDS);
      stub.publish(PublishRequest.newBuilder().setTopic("/my/topic").setEvent(value).build());
      assertThat(seen.get(10, TimeUnit.SECONDS).getNamespace()).isEqualTo("ns");
      assertThat(seen.get().getEvent()).isEqualTo(value);
      call.cancel("enough", null);
    }
  }

  @Test
  void introspection_showsPluginsAndServer() throws Exception {
    PluginStatus ok =
        new PluginStatus(
            PluginUri.parse("io.containerd.content.v1.content"),
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            PluginStatus.State.OK,
            null);
    PluginStatus skipped =
        new PluginStatus(
            PluginUri.parse("io.containerd.snapshotter.v1.zfs"),
            List.of(),
            List.of(),
            Map.of(),
            List.of(),
            PluginStatus.State.SKIP,
            "no zfs");
    PluginInventory inventory =
        fakes.of(PluginInventory.class, Map.of("plugins", arguments -> List.of(ok, skipped)));
    try (Served served = Served.withoutNamespace(new IntrospectionService(inventory, DAEMON))) {
      var stub = IntrospectionGrpc.newBlockingStub(served.channel());
      assertThat(stub.plugins(PluginsRequest.getDefaultInstance()).getPluginsCount()).isEqualTo(2);
      assertThat(
              stub.plugins(
                      PluginsRequest.newBuilder()
                          .addFilters("type==io.containerd.snapshotter.v1")
                          .build())
                  .getPlugins(0)
                  .getInitErr()
                  .getMessage())
          .isEqualTo("no zfs: skip plugin");
      var server = stub.server(Empty.getDefaultInstance());
      assertThat(server.getPid()).isEqualTo(42);
      assertThat(server.getPidns()).isPositive();
      var request =
          PluginInfoRequest.newBuilder().setType("io.containerd.snapshotter.v1").setId("zfs");
      assertThat(stub.pluginInfo(request.build()).getPlugin().getId()).isEqualTo("zfs");
      assertThatThrownBy(
              () -> stub.pluginInfo(request.setOptions(Any.getDefaultInstance()).build()))
          .hasMessageContaining("FAILED_PRECONDITION");
      assertThatThrownBy(() -> stub.pluginInfo(request.setId("none").build()))
          .hasMessageContaining("NOT_FOUND");
    }
  }

  @Test
  void introspection_asksARuntimeAboutItself() throws Exception {
    PluginUri uri = PluginUri.parse("io.containerd.runtime.v2.task");
    PluginStatus tasks =
        new PluginStatus(
            uri, List.of(), List.of(), Map.of(), List.of(), PluginStatus.State.OK, null);
    PluginInventory inventory =
        fakes.of(PluginInventory.class, Map.of("plugins", arguments -> List.of(tasks)));
    RuntimeInspector inspector =
        (runtime, options) ->
            new TypedValue(
                "containerd.types.RuntimeInfo",
                RuntimeInfo.newBuilder().setName(runtime).build().toByteArray());
    IntrospectionService service = new IntrospectionService(inventory, DAEMON);
    try (Served served = Served.withoutNamespace(service)) {
      var stub = IntrospectionGrpc.newBlockingStub(served.channel());
      PluginInfoRequest request =
          PluginInfoRequest.newBuilder()
              .setType(uri.type())
              .setId(uri.id())
              .setOptions(AnyWire.pack(RuntimeRequest.newBuilder().setRuntimePath("a.b").build()))
              .build();
      assertThatThrownBy(() -> stub.pluginInfo(request)).hasMessageContaining("UNIMPLEMENTED");

      service.bindRuntimes(FixedHandle.of(inspector));

      Any extra = stub.pluginInfo(request).getExtra();
      assertThat(RuntimeInfo.parseFrom(extra.getValue()).getName()).isEqualTo("a.b");
    }
  }

  @Test
  void versionAndHealth_answerWithoutNamespace() throws Exception {
    try (Served served = Served.withoutNamespace(new VersionService(DAEMON))) {
      assertThat(
              VersionGrpc.newBlockingStub(served.channel())
                  .version(Empty.getDefaultInstance())
                  .getVersion())
          .isEqualTo("2.3.4");
    }
    try (Served served = Served.withoutNamespace(new HealthService())) {
      var stub = HealthGrpc.newBlockingV2Stub(served.channel());
      assertThat(stub.check(HealthCheckRequest.getDefaultInstance()).getStatus())
          .isEqualTo(ServingStatus.SERVING);
      assertThatThrownBy(() -> stub.check(HealthCheckRequest.newBuilder().setService("x").build()))
          .hasMessageContaining("NOT_FOUND");
      assertThat(
              stub.watch(HealthCheckRequest.newBuilder().setService("x").build())
                  .read()
                  .getStatus())
          .isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    }
  }
}
