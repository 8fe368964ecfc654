// SPDX-License-Identifier: Apache-2.0
package gantry.mounts;

import java.util.List;

/**
 * One mount to be made.
 *
 * @param type filesystem type, for example {@code overlay} or {@code bind}
 * @param source device, directory or an arbitrary word, as the type wants it
 * @param target path below the root filesystem, mostly empty
 * @param options mount options as in fstab
 */
public record Mount(String type, String source, String target, List<String> options) {
  /** Copies the options. */
  public Mount {
    options = List.copyOf(options);
  }

  /** A mount at the root of the target. */
  public static Mount of(String type, String source, List<String> options) {
    return new Mount(type, source, "", options);
  }
}
