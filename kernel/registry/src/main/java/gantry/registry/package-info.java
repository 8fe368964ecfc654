// SPDX-License-Identifier: Apache-2.0
/**
 * Talks to registries: OCI distribution specification 1.1 and Docker's registry API version 2, with
 * the {@code hosts.toml} files of containerd.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.registry;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
