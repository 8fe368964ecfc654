// SPDX-License-Identifier: Apache-2.0
/** Asks programs of the host whether an image may be pulled. */
@NullMarked
package gantry.plugins.image.verifier;

import org.jspecify.annotations.NullMarked;
