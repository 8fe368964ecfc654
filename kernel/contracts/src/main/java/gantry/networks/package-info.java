// SPDX-License-Identifier: Apache-2.0
/** The networks of the host and how containers get into them. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.networks;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
