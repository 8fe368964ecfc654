// SPDX-License-Identifier: Apache-2.0
/**
 * System calls that the JDK does not make, bound lazily: no native library is loaded before the
 * first call. Descriptors are owned by an {@link gantry.linux.Fd}; no pointer leaves this package.
 * Calls that block do so on the calling thread; give them a platform thread.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.linux;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
