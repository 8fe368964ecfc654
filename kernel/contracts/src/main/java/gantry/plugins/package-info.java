// SPDX-License-Identifier: Apache-2.0
/** How plugins present themselves to the kernel and reach one another. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.plugins;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
