// SPDX-License-Identifier: Apache-2.0
/** Values whose type only their producer and consumer know. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.typed;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
