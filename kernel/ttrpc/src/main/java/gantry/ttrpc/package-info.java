// SPDX-License-Identifier: Apache-2.0
/**
 * Remote calls as the shims of containerd speak them: protobuf messages in frames of ten bytes of
 * header on a unix socket, many calls at once on one connection, no handshake, no flow control.
 *
 * <pre>
 *   u32 length of the payload | u32 stream | u8 type | u8 flags | payload, at most 4 MiB
 * </pre>
 *
 * Unary calls only: a stream is answered with "not implemented".
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.ttrpc;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
