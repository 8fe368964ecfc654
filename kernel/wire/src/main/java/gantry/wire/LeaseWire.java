// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.services.leases.v1.Resource;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;

/** Leases and what they keep. */
public final class LeaseWire {
  private LeaseWire() {}

  /** Encodes a lease. */
  public static containerd.services.leases.v1.Lease encode(Lease lease) {
    return containerd.services.leases.v1.Lease.newBuilder()
        .setId(lease.id())
        .setCreatedAt(TimestampWire.encode(lease.createdAt()))
        .putAllLabels(lease.labels().map())
        .build();
  }

  /**
   * Decodes a lease.
   *
   * @throws gantry.errors.InvalidArgumentException if a label is too long
   */
  public static Lease decode(containerd.services.leases.v1.Lease lease) {
    return new Lease(
        lease.getId(), TimestampWire.decode(lease.getCreatedAt()), Labels.of(lease.getLabelsMap()));
  }

  /** Encodes a kept object. */
  public static Resource encode(LeaseResource resource) {
    return Resource.newBuilder().setType(resource.type()).setId(resource.id()).build();
  }

  /** Decodes a kept object. */
  public static LeaseResource decode(Resource resource) {
    return new LeaseResource(resource.getType(), resource.getId());
  }
}
