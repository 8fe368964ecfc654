// SPDX-License-Identifier: Apache-2.0
/** Images between registries, the image store and archives. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.transfer;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
