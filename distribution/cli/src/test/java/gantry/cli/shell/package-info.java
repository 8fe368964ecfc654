// SPDX-License-Identifier: Apache-2.0
/** Tests of the shell from afar. */
@NullMarked
package gantry.cli.shell;

import org.jspecify.annotations.NullMarked;
