// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots as full copies, for filesystems that can do nothing better. The package is named like
 * its bundle, but for the underscore that Java wants behind a keyword.
 *
 * <pre>
 * root/
 * ├── index.db          keys, parents, kinds (see gantry.store.snapshots)
 * ├── snapshots/‹id›/   the whole filesystem; none for a view that has a parent
 * └── trash/            removed, or found without a record
 * </pre>
 *
 * <p>Crash argument. A copy is written out before the record that makes it a snapshot, and so is
 * what a commit names; both off any lock and outside any transaction. A directory that begins empty
 * is not: if a power loss takes it, opening makes it again. A removed snapshot loses its record
 * first, then its place, then its bytes; what a crash leaves in between has no record and is moved
 * aside when the snapshotter opens.
 */
@NullMarked
package gantry.plugins.snapshotter.native_;

import org.jspecify.annotations.NullMarked;
