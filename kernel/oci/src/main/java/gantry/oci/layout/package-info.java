// SPDX-License-Identifier: Apache-2.0
/** Image archives: OCI image layout and docker save, read into a blob store and written from it. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.oci.layout;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
