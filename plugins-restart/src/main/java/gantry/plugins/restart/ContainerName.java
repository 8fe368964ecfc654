// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.restart;

import gantry.names.Namespace;

/** A container of a namespace. */
record ContainerName(Namespace namespace, String id) {
  @Override
  public String toString() {
    return namespace + "/" + id;
  }
}
