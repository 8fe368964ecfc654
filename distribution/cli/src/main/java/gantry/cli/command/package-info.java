// SPDX-License-Identifier: Apache-2.0
/**
 * What every command is made of: its grammar, how it reads its arguments, how it prints. Only the
 * command that was asked for is built, so that a short command starts quickly.
 */
@NullMarked
package gantry.cli.command;

import org.jspecify.annotations.NullMarked;
