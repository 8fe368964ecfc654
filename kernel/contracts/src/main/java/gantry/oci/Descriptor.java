// SPDX-License-Identifier: Apache-2.0
package gantry.oci;

import java.util.Map;

/**
 * Names a blob: OCI descriptor.
 *
 * @param size bytes
 */
public record Descriptor(
    String mediaType, Digest digest, long size, Map<String, String> annotations) {
  /** Copies the annotations. */
  public Descriptor {
    annotations = Map.copyOf(annotations);
  }

  /** A descriptor without annotations. */
  public static Descriptor of(String mediaType, Digest digest, long size) {
    return new Descriptor(mediaType, digest, size, Map.of());
  }
}
