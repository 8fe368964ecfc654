// SPDX-License-Identifier: Apache-2.0
/** Identifiers and namespaces, validated once at the edge. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.names;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
