// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.errors.UnimplementedException;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.transfer.ImportArchive;
import gantry.transfer.ProgressListener;
import gantry.transfer.StoredImage;
import java.io.IOException;

/** Images from an archive into the store. Safe for concurrent use. */
public final class ImportTransfer {
  private final Handle<Metadata> metadata;
  private final Unpacking unpacking;

  /** Stores through {@code metadata}, unpacks through {@code unpacking}. */
  public ImportTransfer(Handle<Metadata> metadata, Unpacking unpacking) {
    this.metadata = metadata;
    this.unpacking = unpacking;
  }

  /** Imports; under the caller's lease, or one of its own. */
  public void run(
      Caller caller, ImportArchive archive, StoredImage image, ProgressListener progress)
      throws IOException {
    throw new UnimplementedException(
        "import with " + metadata.plugin() + " and " + unpacking + ": not implemented");
  }
}
