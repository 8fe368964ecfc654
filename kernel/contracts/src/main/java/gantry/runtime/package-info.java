// SPDX-License-Identifier: Apache-2.0
/** Tasks: what runs of a container. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.runtime;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
