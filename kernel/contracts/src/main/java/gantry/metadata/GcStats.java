// SPDX-License-Identifier: Apache-2.0
package gantry.metadata;

import java.time.Duration;
import java.util.Map;

/**
 * What a collection did.
 *
 * @param removed number of objects removed by type, for example {@code snapshot}
 * @param elapsed how long marking and sweeping took, without the backends' clean-up
 */
public record GcStats(Map<String, Integer> removed, Duration elapsed) {}
