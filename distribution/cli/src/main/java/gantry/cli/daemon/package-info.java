// SPDX-License-Identifier: Apache-2.0
/** Commands about the daemon itself. */
@NullMarked
package gantry.cli.daemon;

import org.jspecify.annotations.NullMarked;
