// SPDX-License-Identifier: Apache-2.0
/** Images made from other images: uncompressed, in OCI's words, of fewer platforms. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.oci.convert;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
