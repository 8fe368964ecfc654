// SPDX-License-Identifier: Apache-2.0
/**
 * Descriptors that one process keeps for another, so that they are not lost when that one dies: its
 * successor takes them.
 *
 * <p>On a unix socket of type {@code SEQPACKET} and mode 0600 the owner of the descriptors connects
 * to the safe. Each message is text, its parts separated by NUL, and is answered by one:
 *
 * <pre>
 * PUT name label  with 1 to 8 descriptors → OK         keep them instead of earlier ones of the name
 * DROP name                               → OK         let go of them
 * TAKE name                               → OK label   with the descriptors, which stay kept; or OK
 * SWEEP                                   → OK         let go of all not put on this connection
 * </pre>
 *
 * What cannot be done is answered by {@code REFUSED reason}. {@code label} means something to the
 * owner alone.
 */
@Export
@Version("1.0.0")
@NullMarked
package gantry.linux.safe;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
