// SPDX-License-Identifier: Apache-2.0
/** Tests of the commands. */
@NullMarked
package gantry.cli.registry;

import org.jspecify.annotations.NullMarked;
