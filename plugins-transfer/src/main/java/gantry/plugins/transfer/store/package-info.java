// SPDX-License-Identifier: Apache-2.0
/** What a transfer reads and writes of a namespace. */
@NullMarked
package gantry.plugins.transfer.store;

import org.jspecify.annotations.NullMarked;
