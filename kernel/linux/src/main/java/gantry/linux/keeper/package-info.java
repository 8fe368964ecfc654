// SPDX-License-Identifier: Apache-2.0
/**
 * Listening sockets kept by one process for another, so that clients can connect while that one is
 * restarted.
 *
 * <p>On a unix socket of type {@code SEQPACKET} and mode 0600 the owner of the sockets connects to
 * the keeper and stays connected as long as it lives. Each message is text, its parts separated by
 * NUL, and is answered by one:
 *
 * <pre>
 * KEEP path identity  with the socket  → OK   keep it, instead of an earlier one of that path
 * DROP path                            → OK   let go of it
 * TAKE                                 → OK path identity …  with all sockets, which stay kept
 * </pre>
 *
 * {@code identity} tells the socket's file from others that had the same path.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.linux.keeper;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
