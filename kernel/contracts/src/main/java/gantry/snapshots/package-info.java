// SPDX-License-Identifier: Apache-2.0
/** Filesystem states in layers, and the backends that keep them. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.snapshots;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
