// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import gantry.typed.TypedValue;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox is doing.
 *
 * @param pid zero if it has no process of its own
 * @param state {@code SANDBOX_READY}, {@code SANDBOX_NOTREADY}, or empty if there is none
 * @param info more about it if that was asked for
 * @param createdAt null if that is not known
 * @param exitedAt null if it has not ended
 * @param extra whatever else there is, or null
 * @param endpoint where the task API of its containers is served
 */
public record SandboxStatus(
    String id,
    int pid,
    String state,
    Map<String, String> info,
    @Nullable Instant createdAt,
    @Nullable Instant exitedAt,
    @Nullable TypedValue extra,
    SandboxEndpoint endpoint) {
  /** Copies the info. */
  public SandboxStatus {
    info = Map.copyOf(info);
  }
}
