// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Timestamp;
import containerd.services.tasks.v1.CreateTaskRequest;
import gantry.containers.Container;
import gantry.content.BlobInfo;
import gantry.content.IngestStatus;
import gantry.errors.InvalidArgumentException;
import gantry.images.Image;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;
import gantry.mounts.Mount;
import gantry.namespaces.NamespaceInfo;
import gantry.oci.Descriptor;
import gantry.oci.Digest;
import gantry.plugins.PluginStatus;
import gantry.plugins.PluginUri;
import gantry.runtime.ProcessDetails;
import gantry.runtime.ProcessState;
import gantry.runtime.TaskSandbox;
import gantry.runtime.TaskStatus;
import gantry.sandboxes.Sandbox;
import gantry.snapshots.SnapshotInfo;
import gantry.snapshots.SnapshotKind;
import gantry.snapshots.SnapshotUsage;
import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ObjectWireTest {
  private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678Z");
  private static final Labels LABELS = Labels.of(Map.of("a", "b"));
  private static final Digest DIGEST = Digest.sha256(new byte[] {1});
  private static final TypedValue SPEC = new TypedValue(TypedValue.SPEC, new byte[] {'{', '}'});

  @Test
  void objects_surviveTheWayOutAndBack() {
    Descriptor target = new Descriptor("m/t", DIGEST, 9, Map.of("k", "v"));
    Mount mount = new Mount("overlay", "overlay", "/t", List.of("ro", "x=y"));
    NamespaceInfo namespace = new NamespaceInfo("n", LABELS);
    Lease lease = new Lease("l", AT, LABELS);
    LeaseResource resource = new LeaseResource("snapshots/overlayfs", "key");
    BlobInfo blob = new BlobInfo(DIGEST, 9, AT, AT.plusNanos(1), LABELS);
    IngestStatus ingest = new IngestStatus("r", 3, 9, DIGEST, AT, AT.plusNanos(1));
    IngestStatus open = new IngestStatus("r", 3, 0, null, AT, AT);
    Image image = new Image("i", LABELS, target, AT, AT.plusNanos(1));
    SnapshotUsage usage = new SnapshotUsage(4096, 2);

    assertThat(DescriptorWire.decode(DescriptorWire.encode(target))).isEqualTo(target);
    assertThat(MountWire.decodeAll(MountWire.encodeAll(List.of(mount)))).containsExactly(mount);
    assertThat(NamespaceWire.decode(NamespaceWire.encode(namespace))).isEqualTo(namespace);
    assertThat(LeaseWire.decode(LeaseWire.encode(lease))).isEqualTo(lease);
    assertThat(LeaseWire.decode(LeaseWire.encode(resource))).isEqualTo(resource);
    assertThat(ContentWire.decode(ContentWire.encode(blob))).isEqualTo(blob);
    assertThat(ContentWire.decode(ContentWire.encode(ingest))).isEqualTo(ingest);
    assertThat(ContentWire.decode(ContentWire.encode(open))).isEqualTo(open);
    assertThat(ImageWire.decode(ImageWire.encode(image))).isEqualTo(image);
    assertThat(SnapshotWire.decode(SnapshotWire.encode(usage))).isEqualTo(usage);
    for (SnapshotKind kind : SnapshotKind.values()) {
      SnapshotInfo snapshot = new SnapshotInfo(kind, "s", "p", LABELS, AT, AT.plusNanos(1));
      assertThat(SnapshotWire.decode(SnapshotWire.encode(snapshot))).isEqualTo(snapshot);
    }
  }

  @Test
  void container_survivesTheWayOutAndBack_withAndWithoutItsOptionalParts() {
    Container full =
        new Container(
            "c", LABELS, "i", "rt", SPEC, SPEC, "sn", "key", AT, AT, Map.of("x", SPEC), "sb");
    Container bare =
        new Container("c", Labels.none(), "", "rt", null, null, "", "", AT, AT, Map.of(), "");
    assertThat(ContainerWire.decode(ContainerWire.encode(full))).isEqualTo(full);
    assertThat(ContainerWire.decode(ContainerWire.encode(bare))).isEqualTo(bare);
    assertThat(ContainerWire.encode(bare).hasSpec()).isFalse();
  }

  @Test
  void process_survivesTheWayOutAndBack_runningAndStopped() {
    for (TaskStatus status : TaskStatus.values()) {
      ProcessState running = new ProcessState("c", 7, status, "i", "o", "e", true, 0, null);
      assertThat(TaskWire.decode(TaskWire.encode(running))).isEqualTo(running);
    }
    ProcessState stopped =
        new ProcessState("c", 7, TaskStatus.STOPPED, "i", "o", "e", false, 137, AT);
    assertThat(TaskWire.decode(TaskWire.encode(stopped))).isEqualTo(stopped);
    ProcessDetails details = new ProcessDetails(7, "exec");
    assertThat(TaskWire.decode(TaskWire.encode(details))).isEqualTo(details);
    assertThat(TaskWire.encode(details).getInfo().getTypeUrl())
        .isEqualTo("containerd.runc.v1.ProcessDetails");
  }

  @Test
  void taskRequestWithoutOptionalParts_hasNulls() {
    var request = TaskWire.decode(CreateTaskRequest.newBuilder().setContainerId("c").build());
    assertThat(request.checkpoint()).isNull();
    assertThat(request.options()).isNull();
    assertThat(request.sandbox()).isNull();
  }

  @Test
  void taskRequest_saysWhereItsSandboxIs() {
    CreateTaskRequest request =
        CreateTaskRequest.newBuilder()
            .setContainerId("c")
            .setTaskApiAddress("ttrpc+unix:///s")
            .setTaskApiVersion(3)
            .build();

    assertThat(TaskWire.decode(request).sandbox())
        .isEqualTo(new TaskSandbox("", "ttrpc+unix:///s", 3));
  }

  @Test
  void sandbox_survivesTheWayOutAndBack_withAndWithoutItsOptionalParts() {
    Sandbox full = new Sandbox("s", LABELS, "rt", SPEC, SPEC, "shim", AT, AT, Map.of("x", SPEC));
    Sandbox bare = new Sandbox("s", Labels.none(), "", null, null, "", AT, AT, Map.of());
    assertThat(SandboxWire.decode(SandboxWire.encode(full))).isEqualTo(full);
    assertThat(SandboxWire.decode(SandboxWire.encode(bare))).isEqualTo(bare);
    assertThat(SandboxWire.encode(bare).hasSpec()).isFalse();
  }

  @Test
  void unsetTimestamp_isNoTime() {
    assertThat(TimestampWire.decode(Timestamp.getDefaultInstance())).isEqualTo(TimestampWire.NONE);
    assertThat(TimestampWire.encode(TimestampWire.NONE).getSeconds()).isEqualTo(-62135596800L);
  }

  @Test
  void badDigestAndLongLabel_areRefused() {
    assertThatThrownBy(
            () ->
                DescriptorWire.decode(
                    containerd.types.Descriptor.newBuilder().setDigest("sha256:xx").build()))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(
            () ->
                LeaseWire.decode(
                    containerd.services.leases.v1.Lease.newBuilder()
                        .putLabels("k", "v".repeat(4096))
                        .build()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void skippedPlugin_saysSo() {
    var plugin = PluginWire.encode(status(PluginStatus.State.SKIP, "no btrfs"));
    assertThat(plugin.getType()).isEqualTo("io.containerd.snapshotter.v1");
    assertThat(plugin.getId()).isEqualTo("btrfs");
    assertThat(plugin.getPlatforms(0).getArchitecture()).isEqualTo("arm64");
    assertThat(plugin.getPlatforms(0).getVariant()).isEqualTo("v8");
    assertThat(plugin.getInitErr().getMessage()).isEqualTo("no btrfs: skip plugin");
    assertThat(PluginWire.encode(status(PluginStatus.State.OK, null)).hasInitErr()).isFalse();
    assertThat(PluginWire.encode(status(PluginStatus.State.ERROR, "x")).getInitErr().getMessage())
        .isEqualTo("x");
  }

  private static PluginStatus status(PluginStatus.State state, @Nullable String reason) {
    return new PluginStatus(
        PluginUri.parse("io.containerd.snapshotter.v1.btrfs"),
        List.of(),
        List.of("linux/arm64/v8"),
        Map.of(),
        List.of(),
        state,
        reason);
  }
}
