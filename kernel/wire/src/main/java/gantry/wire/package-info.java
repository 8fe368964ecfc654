// SPDX-License-Identifier: Apache-2.0
/**
 * The border between protobuf and the contracts: the only mappers, one class for each kind of
 * object, and the only place where errors become statuses. All of it is stateless.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.wire;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
