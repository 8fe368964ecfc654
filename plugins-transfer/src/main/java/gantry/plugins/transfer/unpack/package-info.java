// SPDX-License-Identifier: Apache-2.0
/** Layers into snapshots. */
@NullMarked
package gantry.plugins.transfer.unpack;

import org.jspecify.annotations.NullMarked;
