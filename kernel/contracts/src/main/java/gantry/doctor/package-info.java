// SPDX-License-Identifier: Apache-2.0
/** What was left behind: who finds it, and who takes it away. */
@Export
@Version("1.0.0")
@NullMarked
package gantry.doctor;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
