// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.images.Image;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.plugins.transfer.store.CallerStore;
import gantry.plugins.transfer.store.HeldLease;
import gantry.plugins.transfer.store.ImageNames;
import gantry.transfer.StoredImage;
import java.io.IOException;

/** Further names for an image in the store. Safe for concurrent use. */
public final class TagTransfer {
  private final Handle<Metadata> metadata;

  /** Names through {@code metadata}. */
  public TagTransfer(Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  /**
   * Gives {@code from} the names of {@code to}; a name in use moves to it.
   *
   * @throws gantry.errors.NotFoundException if there is no such image, or no name to give
   */
  public void run(Caller caller, StoredImage from, StoredImage to) throws IOException {
    try (HeldLease lease = HeldLease.of(metadata, caller)) {
      CallerStore store = lease.store();
      Image image = store.images(images -> images.get(from.name()));
      store.keep(image.target().digest());
      new ImageNames(store).save(to, image.target());
    }
  }
}
