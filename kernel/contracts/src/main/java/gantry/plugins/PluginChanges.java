// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.util.List;
import java.util.function.Consumer;

/**
 * Bundles changed while the daemon runs. A swap installs the new version beside the old, moves the
 * calls when it is known to work, and removes the old; whatever fails on the way leaves the old one
 * serving. What is done here outlives a restart. Changes happen one after another. Safe for
 * concurrent use.
 *
 * <p>All changes throw {@link gantry.errors.InvalidArgumentException} for a jar that cannot be
 * taken, {@link gantry.errors.FailedPreconditionException} for one that does not work or a change
 * that would break others, {@link gantry.errors.UnavailableException} if another change does not
 * end in time, {@link gantry.errors.NotFoundException} if what is to be changed is not there. The
 * message names the step that failed and what was missing.
 */
public interface PluginChanges {
  /** All bundles by name. */
  List<PluginBundle> bundles();

  /**
   * Puts a jar in the place of the bundle whose symbolic name it has.
   *
   * @param steps is told of each step when it is over, in the caller's thread
   */
  PluginChange swap(BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps);

  /**
   * Installs and starts a bundle. Plugins that wait for others stay and start when those come.
   *
   * @throws gantry.errors.AlreadyExistsException if a bundle of that name is there
   */
  PluginChange install(BundleSource source, ChangeOptions options, Consumer<ChangeStep> steps);

  /**
   * Goes back to the version before the one that serves.
   *
   * @param name URI of a plugin, or symbolic name of its bundle
   */
  PluginChange rollback(String name, ChangeOptions options, Consumer<ChangeStep> steps);

  /**
   * Removes an installed bundle; of one that ships, goes back to the shipped code.
   *
   * @param name URI of a plugin, or symbolic name of its bundle
   * @throws gantry.errors.FailedPreconditionException if others depend on it, unless forced; or if
   *     it ships and runs the shipped code
   */
  PluginChange remove(String name, ChangeOptions options, Consumer<ChangeStep> steps);

  /** What was done, oldest first, also before this start; at most the last thousand. */
  List<PluginChange> history();
}
