// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.grpc;

import com.google.protobuf.Empty;
import containerd.services.snapshots.v1.CleanupRequest;
import containerd.services.snapshots.v1.CommitSnapshotRequest;
import containerd.services.snapshots.v1.ListSnapshotsRequest;
import containerd.services.snapshots.v1.ListSnapshotsResponse;
import containerd.services.snapshots.v1.MountsRequest;
import containerd.services.snapshots.v1.MountsResponse;
import containerd.services.snapshots.v1.PrepareSnapshotRequest;
import containerd.services.snapshots.v1.PrepareSnapshotResponse;
import containerd.services.snapshots.v1.RemoveSnapshotRequest;
import containerd.services.snapshots.v1.SnapshotsGrpc;
import containerd.services.snapshots.v1.StatSnapshotRequest;
import containerd.services.snapshots.v1.StatSnapshotResponse;
import containerd.services.snapshots.v1.UpdateSnapshotRequest;
import containerd.services.snapshots.v1.UpdateSnapshotResponse;
import containerd.services.snapshots.v1.UsageRequest;
import containerd.services.snapshots.v1.UsageResponse;
import containerd.services.snapshots.v1.ViewSnapshotRequest;
import containerd.services.snapshots.v1.ViewSnapshotResponse;
import gantry.errors.InvalidArgumentException;
import gantry.filters.FilterParser;
import gantry.labels.Labels;
import gantry.metadata.Metadata;
import gantry.mounts.Mount;
import gantry.plugins.Handle;
import gantry.plugins.Plugin;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotUsage;
import gantry.snapshots.Snapshotter;
import gantry.wire.FieldMaskWire;
import gantry.wire.MountWire;
import gantry.wire.SnapshotWire;
import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The snapshots service: every request names the snapshotter it is for. */
@Component(name = SnapshotsService.PLUGIN, immediate = true)
@Plugin(value = SnapshotsService.PLUGIN, plugin_requires = "io.containerd.metadata.v1")
public final class SnapshotsService implements BindableService {
  static final String PLUGIN = "io.containerd.grpc.v1.snapshots";

  private final Replies replies = new Replies();

  /** A snapshotter may copy, flush or count all the bytes of a snapshot. */
  private static final Duration BYTES = Duration.ofMinutes(30);

  private final Handle<Metadata> metadata;
  private final Handle<Metadata> slow;

  /** Serves the snapshotters behind the metadata plugin. */
  @Activate
  public SnapshotsService(
      @Reference(target = "(contract=gantry.metadata.Metadata)") Handle<Metadata> metadata) {
    this.metadata = metadata;
    this.slow = metadata.within(BYTES);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder(SnapshotsGrpc.getServiceDescriptor())
        .addMethod(SnapshotsGrpc.getPrepareMethod(), replies.unary(this::prepare))
        .addMethod(SnapshotsGrpc.getViewMethod(), replies.unary(this::view))
        .addMethod(SnapshotsGrpc.getMountsMethod(), replies.unary(this::mounts))
        .addMethod(SnapshotsGrpc.getCommitMethod(), replies.unary(this::commit))
        .addMethod(SnapshotsGrpc.getRemoveMethod(), replies.unary(this::remove))
        .addMethod(SnapshotsGrpc.getStatMethod(), replies.unary(this::stat))
        .addMethod(SnapshotsGrpc.getUpdateMethod(), replies.unary(this::update))
        .addMethod(SnapshotsGrpc.getListMethod(), replies.streaming(this::list))
        .addMethod(SnapshotsGrpc.getUsageMethod(), replies.unary(this::usage))
        .addMethod(SnapshotsGrpc.getCleanupMethod(), replies.unary(this::cleanup))
        .build();
  }

  private PrepareSnapshotResponse prepare(CallHeaders headers, PrepareSnapshotRequest request)
      throws IOException {
    Labels labels = Labels.of(request.getLabelsMap());
    List<Mount> mounts =
        call(
            slow,
            headers,
            request.getSnapshotter(),
            snapshotter -> snapshotter.prepare(request.getKey(), request.getParent(), labels));
    return PrepareSnapshotResponse.newBuilder().addAllMounts(MountWire.encodeAll(mounts)).build();
  }

  private ViewSnapshotResponse view(CallHeaders headers, ViewSnapshotRequest request)
      throws IOException {
    Labels labels = Labels.of(request.getLabelsMap());
    List<Mount> mounts =
        call(
            slow,
            headers,
            request.getSnapshotter(),
            snapshotter -> snapshotter.view(request.getKey(), request.getParent(), labels));
    return ViewSnapshotResponse.newBuilder().addAllMounts(MountWire.encodeAll(mounts)).build();
  }

  private MountsResponse mounts(CallHeaders headers, MountsRequest request) throws IOException {
    List<Mount> mounts =
        call(
            metadata,
            headers,
            request.getSnapshotter(),
            snapshotter -> snapshotter.mounts(request.getKey()));
    return MountsResponse.newBuilder().addAllMounts(MountWire.encodeAll(mounts)).build();
  }

  private Empty commit(CallHeaders headers, CommitSnapshotRequest request) throws IOException {
    Labels labels = Labels.of(request.getLabelsMap());
    return run(
        slow,
        headers,
        request.getSnapshotter(),
        snapshotter ->
            snapshotter.commit(request.getName(), request.getKey(), request.getParent(), labels));
  }

  private Empty remove(CallHeaders headers, RemoveSnapshotRequest request) throws IOException {
    return run(
        slow,
        headers,
        request.getSnapshotter(),
        snapshotter -> snapshotter.remove(request.getKey()));
  }

  private StatSnapshotResponse stat(CallHeaders headers, StatSnapshotRequest request)
      throws IOException {
    SnapshotInfo info =
        call(
            metadata,
            headers,
            request.getSnapshotter(),
            snapshotter -> snapshotter.stat(request.getKey()));
    return StatSnapshotResponse.newBuilder().setInfo(SnapshotWire.encode(info)).build();
  }

  private UpdateSnapshotResponse update(CallHeaders headers, UpdateSnapshotRequest request)
      throws IOException {
    SnapshotInfo wanted = SnapshotWire.decode(request.getInfo());
    SnapshotInfo updated =
        call(
            metadata,
            headers,
            request.getSnapshotter(),
            snapshotter ->
                snapshotter.update(wanted, FieldMaskWire.decode(request.getUpdateMask())));
    return UpdateSnapshotResponse.newBuilder().setInfo(SnapshotWire.encode(updated)).build();
  }

  private void list(
      CallHeaders headers, ListSnapshotsRequest request, Sink<ListSnapshotsResponse> answers)
      throws IOException, InterruptedException {
    var filter = FilterParser.parse(request.getFiltersList());
    List<SnapshotInfo> found = new ArrayList<>();
    run(
        metadata,
        headers,
        request.getSnapshotter(),
        snapshotter -> snapshotter.walk(filter, found::add));
    Batches.of(
        found,
        batch ->
            answers.send(
                ListSnapshotsResponse.newBuilder()
                    .addAllInfo(batch.stream().map(SnapshotWire::encode).toList())
                    .build()));
  }

  private UsageResponse usage(CallHeaders headers, UsageRequest request) throws IOException {
    SnapshotUsage usage =
        call(
            slow,
            headers,
            request.getSnapshotter(),
            snapshotter -> snapshotter.usage(request.getKey()));
    return SnapshotWire.encode(usage);
  }

  private Empty cleanup(CallHeaders headers, CleanupRequest request) throws IOException {
    return run(slow, headers, request.getSnapshotter(), Snapshotter::cleanup);
  }

  private <R> R call(
      Handle<Metadata> via,
      CallHeaders headers,
      String name,
      Handle.Call<Snapshotter, R, IOException> call)
      throws IOException {
    if (name.isEmpty()) {
      throw new InvalidArgumentException("snapshotter argument missing");
    }
    var caller = headers.caller();
    return via.call(m -> call.on(m.in(caller).snapshotter(name)));
  }

  private Empty run(
      Handle<Metadata> via,
      CallHeaders headers,
      String name,
      Handle.Action<Snapshotter, IOException> action)
      throws IOException {
    return call(
        via,
        headers,
        name,
        snapshotter -> {
          action.on(snapshotter);
          return Empty.getDefaultInstance();
        });
  }
}
