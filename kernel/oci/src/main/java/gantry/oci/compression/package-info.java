// SPDX-License-Identifier: Apache-2.0
/** Compressed streams: recognised, unpacked while being hashed, made. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.oci.compression;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
