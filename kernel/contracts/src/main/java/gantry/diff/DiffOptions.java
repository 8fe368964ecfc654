// SPDX-License-Identifier: Apache-2.0
package gantry.diff;

import gantry.labels.Labels;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How a layer is to be made.
 *
 * @param mediaType media type of the layer; empty means OCI tar with gzip
 * @param ref name of the ingest; empty means a random one
 * @param labels labels of the blob
 * @param sourceDateEpoch upper bound of the times in the layer, or null
 */
public record DiffOptions(
    String mediaType, String ref, Labels labels, @Nullable Instant sourceDateEpoch) {}
