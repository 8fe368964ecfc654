// SPDX-License-Identifier: Apache-2.0
package gantry.sandboxes;

import java.time.Instant;

/** How a sandbox ended. */
public record SandboxExit(int status, Instant at) {}
