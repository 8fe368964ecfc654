// SPDX-License-Identifier: Apache-2.0
/**
 * An administrator's shell on a unix socket.
 *
 * <pre>
 * ShellServer          the plugin: accepts, gives way
 * └── ShellSession       one connection: lines in, answers out
 *     ├── Answers          text for everybody, marks for a client that knows them
 *     └── Completions      what may stand where somebody types
 * PluginCommands       plugins …, bundles, install, update, uninstall
 * ├── Line               options and arguments
 * └── PluginTables       what the kernel says, as text
 * DaemonCommands       df, threads, loglevel, help
 * ├── Threads            all threads at one moment
 * └── Manual             what there is to say of each command
 * BundleConverter      lets "5" and a symbolic name stand for a bundle in Gogo's own commands
 * TextTable            aligned columns
 * </pre>
 */
@NullMarked
package gantry.plugins.shell;

import org.jspecify.annotations.NullMarked;
