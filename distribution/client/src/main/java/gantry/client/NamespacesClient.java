// SPDX-License-Identifier: Apache-2.0
package gantry.client;

import containerd.services.namespaces.v1.CreateNamespaceRequest;
import containerd.services.namespaces.v1.DeleteNamespaceRequest;
import containerd.services.namespaces.v1.GetNamespaceRequest;
import containerd.services.namespaces.v1.ListNamespacesRequest;
import containerd.services.namespaces.v1.Namespace;
import containerd.services.namespaces.v1.NamespacesGrpc;
import containerd.services.namespaces.v1.UpdateNamespaceRequest;
import gantry.filters.FieldPaths;
import gantry.labels.Labels;
import gantry.namespaces.NamespaceInfo;
import gantry.wire.FieldMaskWire;
import gantry.wire.NamespaceWire;
import java.util.List;
import java.util.Map;

/** Namespaces. Needs no namespace itself. */
public final class NamespacesClient {
  private final Wire wire;

  NamespacesClient(Wire wire) {
    this.wire = wire;
  }

  /** The labels of a namespace; none if it does not exist. */
  public Labels labels(String name) {
    GetNamespaceRequest request = GetNamespaceRequest.newBuilder().setName(name).build();
    return NamespaceWire.decode(wire.call(NamespacesGrpc.getGetMethod(), request).getNamespace())
        .labels();
  }

  /** All namespaces. */
  public List<NamespaceInfo> list() {
    return wire
        .call(NamespacesGrpc.getListMethod(), ListNamespacesRequest.getDefaultInstance())
        .getNamespacesList()
        .stream()
        .map(NamespaceWire::decode)
        .toList();
  }

  /**
   * Makes a namespace.
   *
   * @throws gantry.errors.AlreadyExistsException if there is one of that name
   */
  public void create(NamespaceInfo namespace) {
    wire.call(
        NamespacesGrpc.getCreateMethod(),
        CreateNamespaceRequest.newBuilder().setNamespace(NamespaceWire.encode(namespace)).build());
  }

  /**
   * Sets labels; one with an empty value is removed, others stay; none changes nothing.
   *
   * @throws gantry.errors.NotFoundException if there is no such namespace
   */
  public void label(String name, Map<String, String> labels) {
    if (labels.isEmpty()) {
      return;
    }
    Namespace namespace = Namespace.newBuilder().setName(name).putAllLabels(labels).build();
    FieldPaths paths = LabelPaths.of(labels);
    wire.call(
        NamespacesGrpc.getUpdateMethod(),
        UpdateNamespaceRequest.newBuilder()
            .setNamespace(namespace)
            .setUpdateMask(FieldMaskWire.encode(paths))
            .build());
  }

  /**
   * Removes an empty namespace.
   *
   * @throws gantry.errors.FailedPreconditionException if it is not empty
   */
  public void delete(String name) {
    wire.call(
        NamespacesGrpc.getDeleteMethod(),
        DeleteNamespaceRequest.newBuilder().setName(name).build());
  }
}
