// SPDX-License-Identifier: Apache-2.0
/**
 * Blobs as plain files, in containerd's layout.
 *
 * <pre>
 * root/
 * ├── blobs/‹algorithm›/‹hex›    a blob, mode 0444; its modification time is when it was committed
 * └── ingest/‹sha256 of ref›/    locked with flock(2) while a writer has it open
 *     ├── ref                    the name of the ingest
 *     ├── startedat, updatedat   RFC 3339
 *     ├── total                  bytes expected, decimal; absent if not known
 *     └── data                   the bytes; written last, so without it the ingest does not exist
 * </pre>
 *
 * <p>Crash argument: {@code data} is made durable, then renamed to its digest, then the directory
 * it went to is made durable; only then does a commit return, so a record that names a blob never
 * precedes it. A crash in between leaves an ingest that can be resumed, or a blob that no record
 * names, which garbage collection finds.
 *
 * <p>Two versions of this plugin may have the directory open at once: a ref is locked in the
 * kernel, not in memory, and everything else is a single rename.
 */
@NullMarked
package gantry.plugins.content;

import org.jspecify.annotations.NullMarked;
