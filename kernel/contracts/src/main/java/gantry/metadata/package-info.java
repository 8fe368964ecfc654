// SPDX-License-Identifier: Apache-2.0
/** The only way to namespaced data. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.metadata;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
