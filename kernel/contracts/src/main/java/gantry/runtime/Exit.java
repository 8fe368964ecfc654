// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import java.time.Instant;

/**
 * How a process ended.
 *
 * @param status 0 to 255; 128 plus the signal's number if a signal ended it
 */
public record Exit(int pid, int status, Instant exitedAt) {}
