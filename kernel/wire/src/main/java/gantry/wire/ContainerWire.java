// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.services.containers.v1.Container.Runtime;
import gantry.containers.Container;
import gantry.labels.Labels;
import gantry.typed.TypedValue;

/** Container records. */
public final class ContainerWire {
  private ContainerWire() {}

  /** Encodes a record. */
  public static containerd.services.containers.v1.Container encode(Container container) {
    Runtime.Builder runtime = Runtime.newBuilder().setName(container.runtime());
    TypedValue options = container.runtimeOptions();
    if (options != null) {
      runtime.setOptions(AnyWire.encode(options));
    }
    containerd.services.containers.v1.Container.Builder encoded =
        containerd.services.containers.v1.Container.newBuilder()
            .setId(container.id())
            .putAllLabels(container.labels().map())
            .setImage(container.image())
            .setRuntime(runtime)
            .setSnapshotter(container.snapshotter())
            .setSnapshotKey(container.snapshotKey())
            .setCreatedAt(TimestampWire.encode(container.createdAt()))
            .setUpdatedAt(TimestampWire.encode(container.updatedAt()))
            .putAllExtensions(AnyWire.encode(container.extensions()))
            .setSandbox(container.sandboxId());
    TypedValue spec = container.spec();
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
  public static Container decode(containerd.services.containers.v1.Container container) {
    Runtime runtime = container.getRuntime();
    return new Container(
        container.getId(),
        Labels.of(container.getLabelsMap()),
        container.getImage(),
        runtime.getName(),
        runtime.hasOptions() ? AnyWire.decode(runtime.getOptions()) : null,
        container.hasSpec() ? AnyWire.decode(container.getSpec()) : null,
        container.getSnapshotter(),
        container.getSnapshotKey(),
        TimestampWire.decode(container.getCreatedAt()),
        TimestampWire.decode(container.getUpdatedAt()),
        AnyWire.decode(container.getExtensionsMap()),
        container.getSandbox());
  }
}
