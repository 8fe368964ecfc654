// SPDX-License-Identifier: Apache-2.0
/** Streams that a client opened and will name in a later call. */
@NullMarked
package gantry.plugins.streaming;

import org.jspecify.annotations.NullMarked;
