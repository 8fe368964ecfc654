// SPDX-License-Identifier: Apache-2.0
/** The tenants of a node. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.namespaces;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
