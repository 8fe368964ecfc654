// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.runtime.sandbox.v1.CreateSandboxRequest;
import containerd.runtime.sandbox.v1.PlatformResponse;
import containerd.runtime.sandbox.v1.SandboxMetricsResponse;
import containerd.runtime.sandbox.v1.SandboxStatusResponse;
import containerd.runtime.sandbox.v1.StartSandboxResponse;
import containerd.runtime.sandbox.v1.WaitSandboxResponse;
import containerd.types.Metric;
import gantry.oci.Platform;
import gantry.runtime.TaskMetric;
import gantry.sandboxes.SandboxCreation;
import gantry.sandboxes.SandboxEndpoint;
import gantry.sandboxes.SandboxExit;
import gantry.sandboxes.SandboxStart;
import gantry.sandboxes.SandboxStatus;
import gantry.typed.TypedValue;
import java.nio.file.Path;
import java.util.Map;

/** Sandboxes, as the shims that hold them are spoken to. */
public final class SandboxShimWire {
  private SandboxShimWire() {}

  /** Has a shim prepare a sandbox. */
  public static CreateSandboxRequest create(String id, Path bundle, SandboxCreation creation) {
    CreateSandboxRequest.Builder request =
        CreateSandboxRequest.newBuilder()
            .setSandboxId(id)
            .setBundlePath(bundle.toString())
            .addAllRootfs(MountWire.encodeAll(creation.rootfs()))
            .setNetnsPath(creation.networkNamespace())
            .putAllAnnotations(creation.annotations());
    TypedValue options = creation.options();
    if (options != null) {
      request.setOptions(AnyWire.encode(options));
    }
    return request.build();
  }

  /** What a start came to. */
  public static SandboxStart start(StartSandboxResponse started, SandboxEndpoint endpoint) {
    return new SandboxStart(
        started.getPid(),
        TimestampWire.decode(started.getCreatedAt()),
        Map.of(),
        endpoint,
        started.hasSpec() ? AnyWire.decode(started.getSpec()) : null);
  }

  /** What a sandbox is doing. */
  public static SandboxStatus status(SandboxStatusResponse status, SandboxEndpoint endpoint) {
    return new SandboxStatus(
        status.getSandboxId(),
        status.getPid(),
        status.getState(),
        status.getInfoMap(),
        status.hasCreatedAt() ? TimestampWire.decode(status.getCreatedAt()) : null,
        status.hasExitedAt() ? TimestampWire.decode(status.getExitedAt()) : null,
        status.hasExtra() ? AnyWire.decode(status.getExtra()) : null,
        endpoint);
  }

  /** How a sandbox ended. */
  public static SandboxExit exit(WaitSandboxResponse ended) {
    return new SandboxExit(ended.getExitStatus(), TimestampWire.decode(ended.getExitedAt()));
  }

  /** What containers are to be built for. */
  public static Platform platform(PlatformResponse response) {
    return PlatformWire.decode(response.getPlatform());
  }

  /** What a sandbox consumes. */
  public static TaskMetric metric(SandboxMetricsResponse response) {
    Metric metric = response.getMetrics();
    return new TaskMetric(
        TimestampWire.decode(metric.getTimestamp()),
        metric.getId(),
        AnyWire.decode(metric.getData()));
  }
}
