// SPDX-License-Identifier: Apache-2.0
package gantry.cli.command;

import java.io.InputStream;
import java.io.PrintStream;

/**
 * The three streams of the process.
 *
 * @param out buffered; flushed at the end of a command and where a command says so
 */
public record Console(InputStream in, PrintStream out, PrintStream err) {}
