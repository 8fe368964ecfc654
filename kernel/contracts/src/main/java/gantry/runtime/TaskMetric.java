// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import gantry.typed.TypedValue;
import java.time.Instant;

/** What a task consumes; the value is a metrics message of cgroup v1 or v2. */
public record TaskMetric(Instant timestamp, String id, TypedValue data) {}
