// SPDX-License-Identifier: Apache-2.0
/**
 * {@code gantryd}: starts the framework and ends it. Knows Felix and the JDK, nothing else; what it
 * needs of the kernel it asks through {@link java.util.spi.ToolProvider}.
 *
 * <pre>
 * Main
 * ├── Arguments       the command line
 * ├── KernelSettings  root and state, as the kernel read them
 * ├── Preload         slow classes, beside the start
 * ├── DirectoryLock   one daemon per root and state
 * ├── Signals         stop, reload, dump threads
 * ├── ReloadSignal    the wish to reload, kept during the start
 * └── Daemon          the framework with its bundles
 *     ├── Assembly       which bundles ship, which packages the floor exports
 *     ├── BootConnector  bundles whose classes come from the class path
 *     └── Overrides      bundles that were changed at run time and win over those that ship
 * </pre>
 */
@NullMarked
package gantry.launcher;

import org.jspecify.annotations.NullMarked;
