// SPDX-License-Identifier: Apache-2.0
/** Events from those who publish to those who listen. */
@NullMarked
package gantry.boot.events;

import org.jspecify.annotations.NullMarked;
