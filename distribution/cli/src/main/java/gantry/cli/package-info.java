// SPDX-License-Identifier: Apache-2.0
/** The command line: its entry point and its words. */
@NullMarked
package gantry.cli;

import org.jspecify.annotations.NullMarked;
