// SPDX-License-Identifier: Apache-2.0
/**
 * An administrator's shell on a unix socket.
 *
 * <pre>
 * ShellServer        the plugin: listens
 * ├── ShellSocket      a socket that was never open to others
 * └── ShellSession     one connection: lines in, text out
 * ShellCommands      plugins, bundles, install, update, uninstall, loglevel
 * BundleConverter    lets "5" and a symbolic name stand for a bundle in Gogo's own commands
 * TextTable          aligned columns
 * </pre>
 */
@NullMarked
package gantry.plugins.shell;

import org.jspecify.annotations.NullMarked;
