// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A sandbox that was started.
 *
 * @param pid zero if it has no process of its own
 * @param endpoint where the task API of its containers is served
 * @param spec what it has become, or null
 */
public record SandboxStart(
    int pid,
    Instant createdAt,
    Map<String, String> labels,
    SandboxEndpoint endpoint,
    @Nullable TypedValue spec) {
  /** Copies the labels. */
  public SandboxStart {
    labels = Map.copyOf(labels);
  }
}
