// SPDX-License-Identifier: Apache-2.0
/** Values of the OCI image specification that the contracts share. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.oci;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
