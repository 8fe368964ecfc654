// SPDX-License-Identifier: Apache-2.0
package gantry.plugins.transfer.pull;

import gantry.plugins.transfer.tasks.Claims;
import gantry.plugins.transfer.tasks.Permits;

/**
 * What all pulls share.
 *
 * @param claims so that one of those who want a blob fetches it
 * @param permits for connections that carry the bytes of blobs
 * @param rangesFrom bytes from which on a blob is fetched in ranges
 * @param chunk bytes of a range; 0 for no ranges
 */
public record Downloads(Claims claims, Permits permits, long rangesFrom, int chunk) {}
