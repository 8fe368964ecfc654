// SPDX-License-Identifier: Apache-2.0
/** Labels and the well-known ones that steer the system. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.labels;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
