// SPDX-License-Identifier: Apache-2.0
package gantry.oci.image;

import gantry.oci.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * Something a document refers to.
 *
 * @param gcLabel key of the label on the parent that keeps it from being collected; its value is
 *     the digest
 * @param platform an index says it is for, or null
 */
public record Child(Descriptor descriptor, String gcLabel, @Nullable ImagePlatform platform) {}
