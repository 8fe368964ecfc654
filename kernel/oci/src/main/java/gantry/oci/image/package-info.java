// SPDX-License-Identifier: Apache-2.0
/** The documents of images: read, checked, written, chosen by platform. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.oci.image;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
