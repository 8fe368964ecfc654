// SPDX-License-Identifier: Apache-2.0
/** The filter language of list and subscribe requests. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.filters;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
