// SPDX-License-Identifier: Apache-2.0
/** Names for descriptors in the content store. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.images;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
