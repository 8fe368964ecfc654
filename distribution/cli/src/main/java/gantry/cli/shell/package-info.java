// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon's own shell, from afar.
 *
 * <pre>
 * ShellCommand            one line, lines from a pipe, or a person
 * ├── ShellLink             lines and their answers, also when the shell is replaced meanwhile
 * │   └── ShellConnection     one connection: text and marks
 * └── LineEditor            for a person; the only class that loads JLine
 * </pre>
 */
@NullMarked
package gantry.cli.shell;

import org.jspecify.annotations.NullMarked;
