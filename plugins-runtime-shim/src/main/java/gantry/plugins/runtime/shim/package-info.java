// SPDX-License-Identifier: Apache-2.0
/**
 * Runs tasks by whatever shim a host has installed: any program {@code
 * containerd-shim-‹name›-‹version›}.
 *
 * <pre>
 * ShimRuntime            the component: what a task manager asks
 * ├── Programs           which program is meant by a runtime's name
 * ├── ShimProgram        runs it: start, delete, -info
 * │   ├── Bootstrap      what it answers to start: where and how to talk to it
 * │   └── ProgramRun     one run of a program, bounded in time and output
 * ├── Shims              which task is served where; connections, made when first needed
 * │   ├── ShimLinks      what of that is on disk
 * │   ├── Shim           one shim process: calls, silence, its end
 * │   └── ShimLogs       what shims write to their logs
 * ├── SandboxShims       which of them hold sandboxes
 * └── Ends               how tasks ended whose shim died
 *
 * ShimController         the other component: sandboxes, by the same parts
 * └── SandboxBundles     the directories of sandboxes
 * </pre>
 */
@NullMarked
package gantry.plugins.runtime.shim;

import org.jspecify.annotations.NullMarked;
