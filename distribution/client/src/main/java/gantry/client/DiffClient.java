// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import com.google.protobuf.Timestamp;
import containerd.services.diff.v1.ApplyRequest;
import containerd.services.diff.v1.DiffGrpc;
import containerd.services.diff.v1.DiffRequest;
import gantry.diff.DiffOptions;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.wire.DescriptorWire;
import gantry.wire.MountWire;
import gantry.wire.TimestampWire;
import java.time.Instant;
import java.util.List;

/** Layers from mounts and mounts from layers. */
public final class DiffClient {
  private final Wire wire;

  DiffClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * Unpacks a layer of the content store onto mounts.
   *
   * @param sync whether to flush the filesystem afterwards
   * @return the uncompressed layer: its digest is the layer's diff id
   */
  public Descriptor apply(Descriptor layer, List<Mount> mounts, boolean sync) {
    ApplyRequest request =
        ApplyRequest.newBuilder()
            .setDiff(DescriptorWire.encode(layer))
            .addAllMounts(MountWire.encodeAll(mounts))
            .setSyncFs(sync)
            .build();
    return DescriptorWire.decode(wire.callLong(DiffGrpc.getApplyMethod(), request).getApplied());
  }

  /** Packs what {@code upper} changes against {@code lower} into a layer of the content store. */
  public Descriptor compare(List<Mount> lower, List<Mount> upper, DiffOptions options) {
    DiffRequest.Builder request =
        DiffRequest.newBuilder()
            .addAllLeft(MountWire.encodeAll(lower))
            .addAllRight(MountWire.encodeAll(upper))
            .setMediaType(options.mediaType())
            .setRef(options.ref())
            .putAllLabels(options.labels().map());
    Instant epoch = options.sourceDateEpoch();
    if (epoch != null) {
      Timestamp encoded = TimestampWire.encode(epoch);
      request.setSourceDateEpoch(encoded);
    }
    return DescriptorWire.decode(
        wire.callLong(DiffGrpc.getDiffMethod(), request.build()).getDiff());
  }
}
