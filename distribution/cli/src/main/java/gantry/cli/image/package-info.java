// SPDX-License-Identifier: Apache-2.0
/** Commands about images, and what a client does for them itself: import, export, unpack. */
@NullMarked
package gantry.cli.image;

import org.jspecify.annotations.NullMarked;
