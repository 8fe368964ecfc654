// SPDX-License-Identifier: Apache-2.0
/**
 * Snapshots as overlayfs directories.
 *
 * <pre>
 * root/
 * ├── index.db             keys, parents, kinds (see gantry.store.snapshots)
 * ├── snapshots/‹id›/
 * │   ├── fs/              the layer: lowerdir for children, upperdir while active
 * │   └── work/            overlayfs scratch of an active one; same filesystem as fs
 * └── trash/               removed, or found without a record
 * </pre>
 *
 * <p>Crash argument. The layer of a commit is written out before the record that calls it
 * committed, off any lock and outside any transaction; a power loss in between leaves an active
 * snapshot. The directory of a new snapshot is made before its record and is not written out: it is
 * empty, so if a power loss takes it, opening makes it again just as it was. A removed snapshot
 * loses its record first, then its place, then its bytes; what a crash leaves in between has no
 * record and is moved aside when the snapshotter opens.
 */
@NullMarked
package gantry.plugins.snapshotter.overlay;

import org.jspecify.annotations.NullMarked;
