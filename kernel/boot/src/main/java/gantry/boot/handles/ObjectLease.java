// SPDX-License-Identifier: Apache-2.0
package gantry.boot.handles;

import gantry.plugins.Handle;

/** A lease that holds the object and nothing else. */
record ObjectLease<T>(T get) implements Handle.Lease<T> {
  @Override
  public void close() {}
}
