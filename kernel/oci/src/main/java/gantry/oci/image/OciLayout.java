// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import gantry.errors.InvalidArgumentException;

/** The file {@code oci-layout}: OCI image specification "Image Layout". */
public final class OciLayout {
  private static final String VERSION = "1.0.0";

  private OciLayout() {}

  /** Its content. */
  public static byte[] toJson() {
    return Json.bytes(Json.object().put("imageLayoutVersion", VERSION));
  }

  /**
   * Checks the version.
   *
   * @throws InvalidArgumentException if it is another than ours
   */
  public static void require(byte[] json) {
    String what = "oci-layout";
    String version = Json.text(what, Json.object(what, json), "imageLayoutVersion");
    if (!version.equals(VERSION)) {
      throw new InvalidArgumentException(
          "parse oci-layout: unsupported OCI version \"%s\", only %s is known"
              .formatted(version, VERSION));
    }
  }
}
