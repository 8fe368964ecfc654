// SPDX-License-Identifier: Apache-2.0
package gantry.content;

import gantry.oci.Digest;
import org.jspecify.annotations.Nullable;

/**
 * What a writer says when it opens an ingest.
 *
 * @param ref the name of the ingest; not empty
 * @param total bytes expected, 0 if not known
 * @param expected the digest the blob will have, or null if not known
 */
public record IngestRequest(String ref, long total, @Nullable Digest expected) {}
