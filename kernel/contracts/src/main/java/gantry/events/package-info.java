// SPDX-License-Identifier: Apache-2.0
/** What happened: published by those who did it, seen by whoever asks. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.events;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
