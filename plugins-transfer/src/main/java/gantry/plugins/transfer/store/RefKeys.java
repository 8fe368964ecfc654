// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.store;

import gantry.oci.Descriptor;
import gantry.oci.MediaTypes;

/** How the ingest of an object is called; clients find its progress by this name. */
public final class RefKeys {
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private RefKeys() {}

  /** The name, for example {@code layer-sha256:…}. */
  public static String of(Descriptor descriptor) {
    String name = descriptor.annotations().get(REF_NAME);
    String prefix = name == null ? "" : name + "@";
    return kind(descriptor.mediaType()) + "-" + prefix + descriptor.digest();
  }

  private static String kind(String mediaType) {
    if (MediaTypes.isManifest(mediaType)) {
      return "manifest";
    } else if (MediaTypes.isIndex(mediaType)) {
      return "index";
    } else if (MediaTypes.isLayer(mediaType)) {
      return "layer";
    } else if (MediaTypes.isConfig(mediaType)) {
      return "config";
    }
    return mediaType.equals("application/vnd.in-toto+json") ? "attestation" : "unknown";
  }
}
