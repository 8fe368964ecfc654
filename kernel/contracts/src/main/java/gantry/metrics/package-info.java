// SPDX-License-Identifier: Apache-2.0
/** Numbers for whoever watches the daemon, in the terms of Prometheus. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.metrics;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
