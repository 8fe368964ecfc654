// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.leases.v1.AddResourceRequest;
import containerd.services.leases.v1.CreateRequest;
import containerd.services.leases.v1.DeleteRequest;
import containerd.services.leases.v1.DeleteResourceRequest;
import containerd.services.leases.v1.LeasesGrpc;
import containerd.services.leases.v1.ListRequest;
import containerd.services.leases.v1.ListResourcesRequest;
import gantry.labels.Labels;
import gantry.leases.Lease;
import gantry.leases.LeaseResource;
import gantry.wire.LeaseWire;
import java.util.List;

/** The leases of a namespace. */
public final class LeasesClient {
  private final Wire wire;

  LeasesClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * Makes a lease.
   *
   * @param id empty for one the daemon makes up
   * @throws gantry.errors.AlreadyExistsException if the id is taken
   */
  public Lease create(String id, Labels labels) {
    CreateRequest request = CreateRequest.newBuilder().setId(id).putAllLabels(labels.map()).build();
    return LeaseWire.decode(wire.call(LeasesGrpc.getCreateMethod(), request).getLease());
  }

  /**
   * Ends a lease.
   *
   * @param sync whether to wait until what only it kept is gone
   * @throws gantry.errors.NotFoundException if there is none
   */
  public void delete(String id, boolean sync) {
    wire.callLong(
        LeasesGrpc.getDeleteMethod(), DeleteRequest.newBuilder().setId(id).setSync(sync).build());
  }

  /** The leases that match any filter; all if there is none. */
  public List<Lease> list(List<String> filters) {
    return wire
        .call(LeasesGrpc.getListMethod(), ListRequest.newBuilder().addAllFilters(filters).build())
        .getLeasesList()
        .stream()
        .map(LeaseWire::decode)
        .toList();
  }

  /** Makes a lease keep an object. */
  public void add(String id, LeaseResource resource) {
    wire.call(
        LeasesGrpc.getAddResourceMethod(),
        AddResourceRequest.newBuilder().setId(id).setResource(LeaseWire.encode(resource)).build());
  }

  /** Makes a lease keep an object no longer. */
  public void remove(String id, LeaseResource resource) {
    wire.call(
        LeasesGrpc.getDeleteResourceMethod(),
        DeleteResourceRequest.newBuilder()
            .setId(id)
            .setResource(LeaseWire.encode(resource))
            .build());
  }

  /** What a lease keeps. */
  public List<LeaseResource> resources(String id) {
    return wire
        .call(
            LeasesGrpc.getListResourcesMethod(),
            ListResourcesRequest.newBuilder().setId(id).build())
        .getResourcesList()
        .stream()
        .map(LeaseWire::decode)
        .toList();
  }
}
