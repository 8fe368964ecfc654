// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

import gantry.containers.Containers;
import gantry.content.ContentStore;
import gantry.errors.UnimplementedException;
import gantry.images.Images;
import gantry.leases.Leases;
import gantry.sandboxes.Sandboxes;
import gantry.snapshots.Snapshotter;

/** What one caller sees. Cheap to make; use it within one call through the handle only. */
public interface Scope {
  /** The namespace's blobs and ingests. */
  ContentStore content();

  /**
   * The namespace's snapshots in one backend.
   *
   * @throws gantry.errors.InvalidArgumentException {@code snapshotter not loaded: x} if there is no
   *     such backend
   */
  Snapshotter snapshotter(String name);

  /** The namespace's images. */
  Images images();

  /** The namespace's container records. */
  Containers containers();

  /** The namespace's leases. */
  Leases leases();

  /**
   * The namespace's sandbox records.
   *
   * @throws UnimplementedException if this store keeps none
   */
  default Sandboxes sandboxes() {
    throw new UnimplementedException("find sandboxes: this metadata store keeps none");
  }
}
