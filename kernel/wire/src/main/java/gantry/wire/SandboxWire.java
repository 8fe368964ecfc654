// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.services.sandbox.v1.ControllerCreateRequest;
import containerd.services.sandbox.v1.ControllerStartResponse;
import containerd.services.sandbox.v1.ControllerStatusResponse;
import containerd.types.Sandbox.Runtime;
import gantry.labels.Labels;
import gantry.sandboxes.Sandbox;
import gantry.sandboxes.SandboxCreation;
import gantry.sandboxes.SandboxStart;
import gantry.sandboxes.SandboxStatus;
import gantry.typed.TypedValue;
import java.time.Instant;

/** Sandboxes, as clients of the daemon see them. */
public final class SandboxWire {
  private SandboxWire() {}

  /** Encodes a record. */
  public static containerd.types.Sandbox encode(Sandbox sandbox) {
    Runtime.Builder runtime = Runtime.newBuilder().setName(sandbox.runtime());
    TypedValue options = sandbox.runtimeOptions();
    if (options != null) {
      runtime.setOptions(AnyWire.encode(options));
    }
    containerd.types.Sandbox.Builder encoded =
        containerd.types.Sandbox.newBuilder()
            .setSandboxId(sandbox.id())
            .setRuntime(runtime)
            .putAllLabels(sandbox.labels().map())
            .setCreatedAt(TimestampWire.encode(sandbox.createdAt()))
            .setUpdatedAt(TimestampWire.encode(sandbox.updatedAt()))
            .putAllExtensions(AnyWire.encode(sandbox.extensions()))
            .setSandboxer(sandbox.sandboxer());
    TypedValue spec = sandbox.spec();
    if (spec != null) {
      encoded.setSpec(AnyWire.encode(spec));
    }
    return encoded.build();
  }

  /**
   * Decodes a record.
   *
   * @throws gantry.errors.InvalidArgumentException if a label is too long
   */
  public static Sandbox decode(containerd.types.Sandbox sandbox) {
    Runtime runtime = sandbox.getRuntime();
    return new Sandbox(
        sandbox.getSandboxId(),
        Labels.of(sandbox.getLabelsMap()),
        runtime.getName(),
        runtime.hasOptions() ? AnyWire.decode(runtime.getOptions()) : null,
        sandbox.hasSpec() ? AnyWire.decode(sandbox.getSpec()) : null,
        sandbox.getSandboxer(),
        TimestampWire.decode(sandbox.getCreatedAt()),
        TimestampWire.decode(sandbox.getUpdatedAt()),
        AnyWire.decode(sandbox.getExtensionsMap()));
  }

  /** The record a controller is to make a sandbox of: where there is none, one with only its id. */
  public static Sandbox sandbox(ControllerCreateRequest request) {
    return decode(
        request.hasSandbox()
            ? request.getSandbox()
            : containerd.types.Sandbox.newBuilder().setSandboxId(request.getSandboxId()).build());
  }

  /** What a sandbox is to be made with beside its record. */
  public static SandboxCreation creation(ControllerCreateRequest request) {
    return new SandboxCreation(
        MountWire.decodeAll(request.getRootfsList()),
        request.hasOptions() ? AnyWire.decode(request.getOptions()) : null,
        request.getNetnsPath(),
        request.getAnnotationsMap());
  }

  /** Encodes what a start came to. */
  public static ControllerStartResponse encode(String id, SandboxStart started) {
    ControllerStartResponse.Builder encoded =
        ControllerStartResponse.newBuilder()
            .setSandboxId(id)
            .setPid(started.pid())
            .setCreatedAt(TimestampWire.encode(started.createdAt()))
            .putAllLabels(started.labels())
            .setAddress(started.endpoint().address())
            .setVersion(started.endpoint().version());
    TypedValue spec = started.spec();
    if (spec != null) {
      encoded.setSpec(AnyWire.encode(spec));
    }
    return encoded.build();
  }

  /** Encodes a state; clients count on {@code extra} being there, if need be empty. */
  public static ControllerStatusResponse encode(SandboxStatus status) {
    Instant created = status.createdAt();
    Instant exited = status.exitedAt();
    TypedValue extra = status.extra();
    return ControllerStatusResponse.newBuilder()
        .setSandboxId(status.id())
        .setPid(status.pid())
        .setState(status.state())
        .putAllInfo(status.info())
        .setCreatedAt(TimestampWire.encode(created == null ? TimestampWire.NONE : created))
        .setExitedAt(TimestampWire.encode(exited == null ? TimestampWire.NONE : exited))
        .setExtra(
            extra == null ? com.google.protobuf.Any.getDefaultInstance() : AnyWire.encode(extra))
        .setAddress(status.endpoint().address())
        .setVersion(status.endpoint().version())
        .build();
  }
}
