// SPDX-License-Identifier: Apache-2.0
/** Records of containers: how one would be run. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.containers;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
