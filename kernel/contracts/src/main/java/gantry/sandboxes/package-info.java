// SPDX-License-Identifier: Apache-2.0
/** Groups of containers that share an environment: their records, and what runs them. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.sandboxes;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
