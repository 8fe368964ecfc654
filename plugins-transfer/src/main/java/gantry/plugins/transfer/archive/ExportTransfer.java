// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.archive;

import gantry.errors.UnimplementedException;
import gantry.metadata.Caller;
import gantry.metadata.Metadata;
import gantry.plugins.Handle;
import gantry.transfer.ExportArchive;
import gantry.transfer.ProgressListener;
import gantry.transfer.StoredImage;
import java.io.IOException;

/** Images from the store into an archive. Safe for concurrent use. */
public final class ExportTransfer {
  private final Handle<Metadata> metadata;

  /** Reads through {@code metadata}. */
  public ExportTransfer(Handle<Metadata> metadata) {
    this.metadata = metadata;
  }

  /** Exports; under the caller's lease, or one of its own. */
  public void run(
      Caller caller, StoredImage image, ExportArchive archive, ProgressListener progress)
      throws IOException {
    throw new UnimplementedException("export with " + metadata.plugin() + ": not implemented");
  }
}
