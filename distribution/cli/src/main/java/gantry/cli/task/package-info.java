// SPDX-License-Identifier: Apache-2.0
/** Commands about tasks, and how a process's streams become ours. */
@NullMarked
package gantry.cli.task;

import org.jspecify.annotations.NullMarked;
