// SPDX-License-Identifier: Apache-2.0
/** Streams that a client opens first and names in a later call. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.streaming;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
