// SPDX-License-Identifier: Apache-2.0
package gantry.oci.layout;

import gantry.oci.Descriptor;
import java.util.Map;
import java.util.TreeMap;

/** Annotations that name images in an index. */
public final class LayoutNames {
  /** Annotation: the whole name of the image. */
  public static final String IMAGE_NAME = "io.containerd.image.name";

  /** Annotation: its tag, or any name where there is no tag. */
  public static final String REF_NAME = "org.opencontainers.image.ref.name";

  private LayoutNames() {}

  /** The descriptor with the annotations of a name beside those it has. */
  public static Descriptor named(Descriptor target, String name) {
    Map<String, String> annotations = new TreeMap<>(target.annotations());
    annotations.put(IMAGE_NAME, name);
    annotations.put(REF_NAME, ImageName.refName(name));
    return new Descriptor(target.mediaType(), target.digest(), target.size(), annotations);
  }
}
