// SPDX-License-Identifier: Apache-2.0
package gantry.wire;

import gantry.oci.Descriptor;
import gantry.oci.Digest;

/** Descriptors of content. */
public final class DescriptorWire {
  private DescriptorWire() {}

  /** Encodes a descriptor. */
  public static containerd.types.Descriptor encode(Descriptor descriptor) {
    return containerd.types.Descriptor.newBuilder()
        .setMediaType(descriptor.mediaType())
        .setDigest(descriptor.digest().toString())
        .setSize(descriptor.size())
        .putAllAnnotations(descriptor.annotations())
        .build();
  }

  /**
   * Decodes a descriptor.
   *
   * @throws gantry.errors.InvalidArgumentException if its digest is not one
   */
  public static Descriptor decode(containerd.types.Descriptor descriptor) {
    return new Descriptor(
        descriptor.getMediaType(),
        Digest.parse(descriptor.getDigest()),
        descriptor.getSize(),
        descriptor.getAnnotationsMap());
  }
}
