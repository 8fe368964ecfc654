// SPDX-License-Identifier: Apache-2.0
/** Layers as tar streams: read, applied to a directory, made from two directories. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.oci.tar;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
