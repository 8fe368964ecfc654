// SPDX-License-Identifier: Apache-2.0
/** Blobs named by digest, and the ingests that become blobs. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.content;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
