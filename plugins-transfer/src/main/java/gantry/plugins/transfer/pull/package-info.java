// SPDX-License-Identifier: Apache-2.0
/** Images from registries. */
@NullMarked
package gantry.plugins.transfer.pull;

import org.jspecify.annotations.NullMarked;
