// SPDX-License-Identifier: Apache-2.0
/**
 * The configuration in force: handed to the plugins at the start, and changed while they run.
 *
 * <pre>
 * LiveSettings      reads the files again, and puts in force what differs, all or nothing
 *   TableChange       other tables for plugins, all or nothing
 *     Tables              what each plugin's component gets to see of a configuration
 *     ConfigurationStore  hands tables to the configuration admin, and knows when they arrived
 *     Arrival             waits until the plugins concerned serve with their tables
 * Reloads           what asks for it: a signal, a changed file
 *   FileWatch         tells when a file was changed and is at rest again
 * </pre>
 */
@NullMarked
package gantry.boot.settings;

import org.jspecify.annotations.NullMarked;
