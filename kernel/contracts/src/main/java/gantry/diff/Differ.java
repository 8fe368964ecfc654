// SPDX-License-Identifier: Apache-2.0
package gantry.diff;

import gantry.metadata.Caller;
import gantry.mounts.Mount;
import gantry.oci.Descriptor;
import gantry.plugins.Contract;
import gantry.typed.TypedValue;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;

/**
 * Applies layers to mounts and makes layers from them. Blobs are read and written in the caller's
 * namespace. Safe for concurrent use.
 */
@Contract
public interface Differ {
  /**
   * Unpacks a layer over what the mounts show.
   *
   * @param payloads values for stream processors by their id
   * @param sync make the result durable before returning
   * @return descriptor of the uncompressed layer, its digest computed on the way
   * @throws gantry.errors.UnimplementedException if the media type or the mounts are not for this
   *     one; the next is asked
   * @throws gantry.errors.NotFoundException if the blob does not exist
   */
  Descriptor apply(
      Caller caller,
      Descriptor layer,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException;

  /**
   * As {@link #apply(Caller, Descriptor, List, Map, boolean)}, but reads the layer from a stream,
   * to its end, for example while it is still arriving. Neither size nor digest of the layer itself
   * are checked here: whoever feeds the stream does, before anything is committed.
   *
   * @param bytes the layer as {@code layer.mediaType()} has it; closed at the end
   */
  Descriptor apply(
      Caller caller,
      Descriptor layer,
      InputStream bytes,
      List<Mount> mounts,
      Map<String, TypedValue> payloads,
      boolean sync)
      throws IOException;

  /**
   * Writes a layer that turns {@code lower} into {@code upper} to the content store.
   *
   * @return descriptor of the blob
   * @throws gantry.errors.UnimplementedException if the media type or the mounts are not for this
   *     one; the next is asked
   */
  Descriptor compare(Caller caller, List<Mount> lower, List<Mount> upper, DiffOptions options)
      throws IOException;
}
