// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.errors.UnimplementedException;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.transfer.StoredImage;
import java.io.IOException;

/** Further names for an image in the store. Safe for concurrent use. */
public final class TagTransfer {
  private final Handle<Metadata> metadata;

  /** Names through {@code metadata}. */
  public TagTransfer(Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  /** Gives {@code from} the names of {@code to}. */
  public void run(Caller caller, StoredImage from, StoredImage to) throws IOException {
    throw new UnimplementedException("tag with " + metadata.plugin() + ": not implemented");
  }
}
