// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import java.nio.file.Path;

/**
 * The directory of a task as the OCI runtime specification wants it: {@code config.json} and {@code
 * rootfs}, and what the runtime adds.
 *
 * @param state the bundle, lost at reboot
 * @param work files that outlive a reboot
 */
public record Bundle(String namespace, String id, Path state, Path work) {
  /** Where the root filesystem is mounted. */
  public Path rootfs() {
    return state.resolve("rootfs");
  }
}
