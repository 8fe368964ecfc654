// SPDX-License-Identifier: Apache-2.0
package gantry.runtime;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A process of a task.
 *
 * @param id the task's or exec's id
 * @param exitStatus meaningful when stopped
 * @param exitedAt when it stopped, or null
 */
public record ProcessState(
    String id,
    int pid,
    TaskStatus status,
    String stdin,
    String stdout,
    String stderr,
    boolean terminal,
    int exitStatus,
    @Nullable Instant exitedAt) {}
