// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.nio.file.Path;
import java.util.List;

/**
 * The bundles in which plugins come, changed while the daemon runs. What is done here outlives a
 * restart: an installed or updated bundle is copied first and wins over the one that ships. Safe
 * for concurrent use; changes happen one after another.
 */
public interface PluginBundles {
  /** All bundles by name. */
  List<PluginBundle> bundles();

  /**
   * Installs and starts a bundle.
   *
   * @throws gantry.errors.InvalidArgumentException if the file is no bundle
   * @throws gantry.errors.AlreadyExistsException if a bundle of that name is there
   * @throws gantry.errors.FailedPreconditionException if it does not start; it is removed again
   */
  PluginBundle install(Path jar);

  /**
   * Replaces the code of a bundle in place.
   *
   * @throws gantry.errors.NotFoundException if no bundle has that name
   * @throws gantry.errors.InvalidArgumentException if the file is no bundle or has another name
   * @throws gantry.errors.FailedPreconditionException if the new code does not start; the old code
   *     is back
   */
  PluginBundle update(String name, Path jar);

  /**
   * Stops and removes a bundle that does not ship; of one that ships, goes back to the shipped
   * code.
   *
   * @throws gantry.errors.NotFoundException if no bundle has that name
   * @throws gantry.errors.FailedPreconditionException if it ships and runs the shipped code
   */
  void uninstall(String name);
}
