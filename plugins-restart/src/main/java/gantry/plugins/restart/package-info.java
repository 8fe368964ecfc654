// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps tasks in the state that the labels of their containers ask for: {@code
 * io.containerd.monitor.container.v1.restart}.
 *
 * <pre>
 *  /tasks/exit ──► Shift ──(after the pause of Attempts)──► Caretaker ──► Verdict, of Policy
 *  every interval ──┘  one look at a time for a container        │
 *                                                                └──► Revival, Stopping ──► tasks
 *                                                                        │
 *                                                                     Intents, on disk
 * </pre>
 */
@NullMarked
package gantry.plugins.restart;

import org.jspecify.annotations.NullMarked;
