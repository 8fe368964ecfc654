// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's own bundle: configuration in, inventory out. The only place, beside the launcher,
 * the shell and the server's listeners that outlive their bundle, that speaks to OSGi itself;
 * everything else is a Declarative Services component.
 *
 * <pre>
 * KernelTool   before the framework runs: settings for the launcher, config default and dump
 * Boot         the activator: services of the floor, then handles, then readiness
 * config/      config.toml
 * log/         the log
 * host/        directories, identity
 * events/      the event bus
 * handles/     how plugins reach one another
 * inventory/   which plugins there are and how they are
 * changes/     bundles installed, swapped, rolled back and removed at run time
 * sockets/     on which plugins listen, whichever version they are
 * settings/    the configuration, while it is in force
 * </pre>
 */
@NullMarked
package gantry.boot;

import org.jspecify.annotations.NullMarked;
