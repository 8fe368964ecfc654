// SPDX-License-Identifier: Apache-2.0
/** Claims that keep objects from being collected. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.leases;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
