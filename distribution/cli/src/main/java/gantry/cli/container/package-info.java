// SPDX-License-Identifier: Apache-2.0
/** Commands about container records. */
@NullMarked
package gantry.cli.container;

import org.jspecify.annotations.NullMarked;
