// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import containerd.services.namespaces.v1.Namespace;
import gantry.labels.Labels;
import gantry.namespaces.NamespaceInfo;

/** Namespaces. */
public final class NamespaceWire {
  private NamespaceWire() {}

  /** Encodes a namespace. */
  public static Namespace encode(NamespaceInfo namespace) {
    return Namespace.newBuilder()
        .setName(namespace.name())
        .putAllLabels(namespace.labels().map())
        .build();
  }

  /**
   * Decodes a namespace.
   *
   * @throws gantry.errors.InvalidArgumentException if a label is too long
   */
  public static NamespaceInfo decode(Namespace namespace) {
    return new NamespaceInfo(namespace.getName(), Labels.of(namespace.getLabelsMap()));
  }
}
