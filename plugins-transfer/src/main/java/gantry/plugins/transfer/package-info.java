// SPDX-License-Identifier: Apache-2.0
/** Moves images between registries, the image store and archives. */
@NullMarked
package gantry.plugins.transfer;

import org.jspecify.annotations.NullMarked;
