// SPDX-License-Identifier: Apache-2.0
/**
 * Files as the kernel sees them: owners, modes, devices, extended attributes and times, by names
 * relative to an open directory, so that no name and no symbolic link can lead out of it. Names are
 * byte strings; see {@link gantry.linux.files.FileNames} for how they become Java strings.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.linux.files;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
