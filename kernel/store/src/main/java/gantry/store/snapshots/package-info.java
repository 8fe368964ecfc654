// SPDX-License-Identifier: Apache-2.0
/**
 * What every snapshotter keeps in a book: keys, parents, kinds, labels, times and usage. The
 * snapshotter itself only keeps directories, named by the ids given here.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.store.snapshots;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
