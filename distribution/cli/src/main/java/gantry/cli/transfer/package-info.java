// SPDX-License-Identifier: Apache-2.0
/**
 * Images between registries and the daemon, and how that is shown while it goes on.
 *
 * <pre>
 *  ImagePull  ImagePush ──► gantry.client.TransferClient
 *       │         │
 *    ProgressDisplay ──► ProgressBars     on a terminal
 *                   ├──► ProgressLines    elsewhere
 *                   └──► ProgressJson     for programs
 * </pre>
 */
@NullMarked
package gantry.cli.transfer;

import org.jspecify.annotations.NullMarked;
