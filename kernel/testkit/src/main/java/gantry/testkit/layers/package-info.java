// SPDX-License-Identifier: Apache-2.0
/** Layers made to do harm, and a watch on what must not be harmed. */
@NullMarked
package gantry.testkit.layers;

import org.jspecify.annotations.NullMarked;
