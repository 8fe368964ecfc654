// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.tasks;

import gantry.runtime.Bundle;
import java.nio.file.Path;

/**
 * Every path of this plugin.
 *
 * @param root outlives a reboot
 * @param state lost at reboot
 */
record BundleLayout(Path root, Path state) {
  private static final String HIDDEN = ".";

  Bundle bundle(String namespace, String id) {
    return new Bundle(
        namespace, id, state.resolve(namespace).resolve(id), root.resolve(namespace).resolve(id));
  }

  /** Where a bundle is made before it gets its name, and where it goes while it is removed. */
  Path hidden(Path visible, String unique) {
    return visible.resolveSibling(HIDDEN + visible.getFileName() + "." + unique);
  }

  boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(HIDDEN);
  }

  /** Whether this hidden path was made in the given era of the daemon. */
  boolean isOf(Era era, Path hidden) {
    return hidden.getFileName().toString().contains("." + era.token() + ".");
  }

  Path config(Path bundle) {
    return bundle.resolve("config.json");
  }

  Path rootfs(Path bundle) {
    return bundle.resolve("rootfs");
  }

  Path workLink(Path bundle) {
    return bundle.resolve("work");
  }

  Path runtimeName(Path bundle) {
    return bundle.resolve("runtime-name");
  }

  Path busy(Path bundle) {
    return bundle.resolve("busy");
  }
}
