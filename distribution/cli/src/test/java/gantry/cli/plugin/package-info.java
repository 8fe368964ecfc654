// SPDX-License-Identifier: Apache-2.0
/** Tests of the commands about plugins. */
@NullMarked
package gantry.cli.plugin;

import org.jspecify.annotations.NullMarked;
