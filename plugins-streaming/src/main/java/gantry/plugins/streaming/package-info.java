// SPDX-License-Identifier: Apache-2.0
/**
 * The streams that clients have open, by namespace and id.
 *
 * <pre>
 *  StreamManager ──► OpenStreams    the table
 *       │
 *   LeaseWatch                      ends streams whose lease is gone
 * </pre>
 */
@NullMarked
package gantry.plugins.streaming;

import org.jspecify.annotations.NullMarked;
