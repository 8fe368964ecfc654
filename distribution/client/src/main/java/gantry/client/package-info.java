// SPDX-License-Identifier: Apache-2.0
/**
 * A client of the daemon in Java: blocking calls over gRPC on a unix socket, in the vocabulary of
 * the contracts. Nothing here is smarter than the wire: one method is one call or one stream. It
 * works with every daemon that serves containerd's API.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.client;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
