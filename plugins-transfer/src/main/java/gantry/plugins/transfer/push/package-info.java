// SPDX-License-Identifier: Apache-2.0
/** Images to registries. */
@NullMarked
package gantry.plugins.transfer.push;

import org.jspecify.annotations.NullMarked;
