// SPDX-License-Identifier: Apache-2.0
/** Outcomes a caller can act on: a closed set of kinds, one per gRPC status. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.errors;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
