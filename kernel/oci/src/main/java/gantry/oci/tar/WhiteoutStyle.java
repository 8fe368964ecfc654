// SPDX-License-Identifier: Apache-2.0
package gantry.oci.tar;

/** What unpacking does with the marks for deleted files. */
public enum WhiteoutStyle {
  /** Deletes the files: the directory shows all layers. */
  REMOVE,
  /**
   * Writes the marks of overlayfs, a character device 0:0 and the attribute {@code
   * trusted.overlay.opaque}: the directory is one layer of an overlay.
   */
  OVERLAY
}
