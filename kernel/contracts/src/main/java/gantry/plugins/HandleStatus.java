// SPDX-License-Identifier: Apache-2.0
package gantry.plugins;

import java.time.Duration;

/**
 * How calls through a handle go.
 *
 * @param inFlight calls that are in the plugin now
 * @param inFlightMax how many may be
 * @param calls how many ended since the handle was made
 * @param refused how many were not let in, since then
 * @param late how many outlasted their deadline, since then
 * @param open whether the breaker refuses calls now
 * @param longestWait the longest a call waited for a provider, since then
 * @param oldest how long the oldest call in flight has been there; zero if there is none
 */
public record HandleStatus(
    String plugin,
    String contract,
    long inFlight,
    long inFlightMax,
    long calls,
    long refused,
    long late,
    boolean open,
    Duration longestWait,
    Duration oldest) {}
