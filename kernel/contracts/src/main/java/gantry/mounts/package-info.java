// SPDX-License-Identifier: Apache-2.0
/** Filesystem mounts as data. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.mounts;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
