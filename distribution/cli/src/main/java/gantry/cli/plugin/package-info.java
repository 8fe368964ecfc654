// SPDX-License-Identifier: Apache-2.0
/** Commands about the daemon's plugins, and their replacement while it runs. */
@NullMarked
package gantry.cli.plugin;

import org.jspecify.annotations.NullMarked;
