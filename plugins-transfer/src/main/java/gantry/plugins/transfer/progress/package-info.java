// SPDX-License-Identifier: Apache-2.0
/** What clients are told while a transfer runs. */
@NullMarked
package gantry.plugins.transfer.progress;

import org.jspecify.annotations.NullMarked;
