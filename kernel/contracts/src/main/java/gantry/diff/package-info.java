// SPDX-License-Identifier: Apache-2.0
/** Layers: applied to mounts, made from mounts. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.diff;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
