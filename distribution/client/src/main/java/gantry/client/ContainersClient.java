// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.containers.v1.ContainersGrpc;
import containerd.services.containers.v1.CreateContainerRequest;
import containerd.services.containers.v1.DeleteContainerRequest;
import containerd.services.containers.v1.GetContainerRequest;
import containerd.services.containers.v1.ListContainersRequest;
import containerd.services.containers.v1.UpdateContainerRequest;
import gantry.containers.Container;
import gantry.filters.FieldPaths;
import gantry.wire.ContainerWire;
import gantry.wire.FieldMaskWire;
import java.util.List;
import java.util.Map;

/** Container records of a namespace. */
public final class ContainersClient {
  private final Wire wire;

  ContainersClient(Wire wire) {
    this.wire = wire;
  }

  /**
   * A record by its id.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public Container get(String id) {
    return ContainerWire.decode(
        wire.call(ContainersGrpc.getGetMethod(), GetContainerRequest.newBuilder().setId(id).build())
            .getContainer());
  }

  /** The records that match any filter; all if there is none. */
  public List<Container> list(List<String> filters) {
    return wire
        .call(
            ContainersGrpc.getListMethod(),
            ListContainersRequest.newBuilder().addAllFilters(filters).build())
        .getContainersList()
        .stream()
        .map(ContainerWire::decode)
        .toList();
  }

  /**
   * Makes a record. Its times are ignored.
   *
   * @throws gantry.errors.AlreadyExistsException if the id is taken
   */
  public Container create(Container container) {
    CreateContainerRequest request =
        CreateContainerRequest.newBuilder().setContainer(ContainerWire.encode(container)).build();
    return ContainerWire.decode(
        wire.call(ContainersGrpc.getCreateMethod(), request).getContainer());
  }

  /** Changes a record; without paths everything that may change is replaced. */
  public Container update(Container container, FieldPaths paths) {
    return update(ContainerWire.encode(container), paths);
  }

  /** Sets labels; one with an empty value is removed, others stay; none changes nothing. */
  public Container label(String id, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return get(id);
    }
    return update(
        containerd.services.containers.v1.Container.newBuilder()
            .setId(id)
            .putAllLabels(labels)
            .build(),
        LabelPaths.of(labels));
  }

  /**
   * Removes a record, not its task.
   *
   * @throws gantry.errors.NotFoundException if there is none
   */
  public void delete(String id) {
    wire.call(
        ContainersGrpc.getDeleteMethod(), DeleteContainerRequest.newBuilder().setId(id).build());
  }

  private Container update(
      containerd.services.containers.v1.Container container, FieldPaths paths) {
    UpdateContainerRequest request =
        UpdateContainerRequest.newBuilder()
            .setContainer(container)
            .setUpdateMask(FieldMaskWire.encode(paths))
            .build();
    return ContainerWire.decode(
        wire.call(ContainersGrpc.getUpdateMethod(), request).getContainer());
  }
}
