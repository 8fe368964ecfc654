// SPDX-License-Identifier: Apache-2.0
package gantry.boot.changes;

import java.nio.file.Path;
import java.util.List;
import org.osgi.framework.Version;

/**
 * A jar that was read and found to be a bundle of plugins.
 *
 * @param sha256 of the file, 64 digits in hex
 * @param name symbolic name
 * @param components what its descriptions declare
 * @param classes names of all classes in it
 */
record BundleJar(
    Path path,
    String sha256,
    String name,
    Version version,
    List<Declared> components,
    List<String> classes) {

  /** URIs of the plugins in it, sorted. */
  List<String> plugins() {
    return Declared.plugins(components);
  }

  /** The plugin because of which only one version may be active; empty if there is none. */
  String exclusive() {
    return Declared.exclusive(components);
  }
}
