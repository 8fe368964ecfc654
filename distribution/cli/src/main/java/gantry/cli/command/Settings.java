// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What is said before the command.
 *
 * @param address the daemon's unix socket
 * @param timeout of one call
 * @param debug whether failures are shown with their stack traces
 * @param json whether listings are printed as JSON
 */
public record Settings(
    Path address, String namespace, Duration timeout, boolean debug, boolean json) {}
