// SPDX-License-Identifier: Apache-2.0
package gantry.transfer;

import gantry.oci.Descriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One step of a transfer. Clients know the words of {@code event}, so they are containerd's: for
 * example {@code downloading}, {@code complete}, {@code extracting}, {@code saved}.
 *
 * @param name of the object, mostly the ref of its ingest; empty for the transfer as a whole
 * @param parents names of the objects it belongs to
 * @param progress bytes done
 * @param total bytes to do, 0 if not known
 * @param descriptor of the object, or null
 */
public record Progress(
    String event,
    String name,
    List<String> parents,
    long progress,
    long total,
    @Nullable Descriptor descriptor) {

  /** Copies the parents. */
  public Progress {
    parents = List.copyOf(parents);
  }

  /** A step of the transfer as a whole. */
  public static Progress of(String event) {
    return new Progress(event, "", List.of(), 0, 0, null);
  }
}
