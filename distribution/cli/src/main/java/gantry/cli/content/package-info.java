// SPDX-License-Identifier: Apache-2.0
/** Commands about blobs and snapshots. */
@NullMarked
package gantry.cli.content;

import org.jspecify.annotations.NullMarked;
