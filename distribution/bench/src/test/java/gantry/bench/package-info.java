// SPDX-License-Identifier: Apache-2.0
/** Tests that each row can be measured. */
@NullMarked
package gantry.bench;

import org.jspecify.annotations.NullMarked;
