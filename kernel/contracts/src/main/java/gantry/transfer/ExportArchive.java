// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import gantry.oci.Platform;
import java.io.OutputStream;
import java.util.List;

/**
 * An archive to write: an OCI layout in one tar stream, the same bytes for the same image.
 *
 * @param stream written and closed by the transfer
 * @param mediaType of the archive; empty for the usual one
 * @param platforms which to write; none means the host's
 * @param allPlatforms write all, whatever {@code platforms} says
 * @param skipCompatibilityManifest leave out the {@code manifest.json} that docker load wants
 * @param skipNonDistributable leave out layers that are not to be distributed
 */
public record ExportArchive(
    OutputStream stream,
    String mediaType,
    List<Platform> platforms,
    boolean allPlatforms,
    boolean skipCompatibilityManifest,
    boolean skipNonDistributable)
    implements TransferEnd {

  /** Copies the platforms. */
  public ExportArchive {
    platforms = List.copyOf(platforms);
  }
}
