// SPDX-License-Identifier: Apache-2.0
/**
 * Which plugins there are and how each of them is: read from Declarative Services when asked, never
 * kept.
 */
@NullMarked
package gantry.boot.inventory;

import org.jspecify.annotations.NullMarked;
