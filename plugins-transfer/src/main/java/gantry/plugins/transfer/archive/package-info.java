// SPDX-License-Identifier: Apache-2.0
/** Images between archives and the image store, and further names for images there. */
@NullMarked
package gantry.plugins.transfer.archive;

import org.jspecify.annotations.NullMarked;
