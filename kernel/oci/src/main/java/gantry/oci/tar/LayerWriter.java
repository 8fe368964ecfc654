// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

import gantry.linux.files.Directory;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes the layer that turns one directory tree into another: both are walked together, in the
 * order of the names' bytes, and what differs is written, deleted names as whiteouts. The same
 * trees always give the same bytes.
 */
public final class LayerWriter {
  private static final int BUFFER = 64 * 1024;

  private LayerWriter() {}

  /**
   * What to compare.
   *
   * @param lower the tree as it was
   * @param upper the tree as it is now
   * @param changes the upper directory of an overlay that shows {@code upper} over exactly {@code
   *     lower}: only what is in it can differ, so only that is looked at; or null
   */
  public record Trees(Path lower, Path upper, @Nullable Path changes) {}

  /**
   * Writes a layer.
   *
   * @param tar stays open
   * @param latest upper bound of the times of the files, or null
   */
  public static void write(Trees trees, @Nullable Instant latest, OutputStream tar)
      throws IOException {
    BufferedOutputStream out = new BufferedOutputStream(tar, BUFFER);
    try (Directory lower = Directory.open(trees.lower());
        Directory upper = Directory.open(trees.upper());
        Directory changes = trees.changes() == null ? null : Directory.open(trees.changes())) {
      TarWriter writer = new TarWriter(out);
      TreeWalk walk = new TreeWalk(new ChangeWriter(writer, latest));
      walk.compare(lower, upper, changes);
      writer.finish();
    }
    out.flush();
  }
}
