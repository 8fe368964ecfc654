// SPDX-License-Identifier: Apache-2.0
/** Threads that end together, and work that is done once though many want it. */
@NullMarked
package gantry.plugins.transfer.tasks;

import org.jspecify.annotations.NullMarked;
